/** Progress of fuzzing: one line that is redrawn on a terminal, a plain line now and then elsewhere. */
import { formatWait } from '../../engine/format.ts';
import type { CommandStreams } from '../commands/streams.ts';
import { progressBar } from '../ui/bars.ts';

const DRAW_MS = 200;
const PLAIN_MS = 5000;
const BAR_CELLS = 24;

interface FuzzCounts {
  readonly done: number;
  readonly found: number;
}

/** The goal: seeds, or milliseconds where those end first. */
interface FuzzGoal {
  readonly seeds: number;
  readonly limitMs: number;
}

/** The line for that many seeds in that many milliseconds. */
export function progressLine({ done, found }: FuzzCounts, goal: FuzzGoal, tookMs: number): string {
  const bySeeds = done / goal.seeds;
  const fraction = Math.max(bySeeds, tookMs / goal.limitMs);
  const { done: full, left } = progressBar(fraction, BAR_CELLS);
  const rate = done / Math.max(tookMs / 1000, 0.001);
  const leftSeconds = Math.min(
    done > 0 ? (goal.seeds - done) / rate : Infinity,
    (goal.limitMs - tookMs) / 1000,
  );
  const of = Number.isFinite(goal.seeds) ? `/${goal.seeds}` : '';
  const wait = Number.isFinite(leftSeconds) ? `, ${formatWait(Math.max(0, leftSeconds))} left` : '';
  const findings = found === 1 ? '1 finding' : `${found} findings`;
  return `${full}${left} ${done}${of} seeds, ${rate.toFixed(1)} seeds/s${wait}, ${findings}`;
}

export class FuzzProgress {
  private readonly streams: CommandStreams;
  private readonly line: () => string;
  private readonly timer: NodeJS.Timeout;

  /** `line` gives the present line. */
  constructor(streams: CommandStreams, line: () => string) {
    this.streams = streams;
    this.line = line;
    this.timer = setInterval(() => this.draw(), streams.isTerminal ? DRAW_MS : PLAIN_MS);
    this.timer.unref();
  }

  /** Prints a line that stays, above the redrawn one. */
  say(text: string): void {
    this.streams.stderr.write(`${text}\n`);
  }

  done(): void {
    clearInterval(this.timer);
    this.streams.stderr.write(`${this.line()}\n`);
  }

  private draw(): void {
    if (this.streams.isTerminal) this.streams.opening?.show(this.line());
    else this.streams.stderr.write(`${this.line()}\n`);
  }
}
