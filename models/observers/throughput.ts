/**
 * Samples a second before and after a blow, from the iterations as they are told. Before: over the last iterations
 * that ended before it. After: over the first ones that end after the blow is repaired, or over where it needs no
 * repair. Never across another blow or a repair: then over fewer iterations, and unknown where there are none.
 */
import type { IterationNote } from '../spec/notes.ts';

/** Iterations on each side. */
const ITERATIONS = 5;

interface Mark {
  readonly timeNs: number;
  readonly samples: number;
}

function rate(first: Mark, last: Mark): number | null {
  return last.timeNs > first.timeNs
    ? ((last.samples - first.samples) * 1e9) / (last.timeNs - first.timeNs)
    : null;
}

/** One blow's measurement of what comes after it. */
export class ThroughputAfter {
  private fromNs: number;
  private first: Mark | null = null;
  private last: Mark | null = null;
  private count = 0;

  /** @param fromNs iterations that end before are of no interest */
  constructor(fromNs: number) {
    this.fromNs = fromNs;
  }

  /** Samples a second; null as long as no iteration has passed. */
  get perSecond(): number | null {
    return this.first && this.last ? rate(this.first, this.last) : null;
  }

  get isFull(): boolean {
    return this.count === ITERATIONS;
  }

  get hasBegun(): boolean {
    return this.count > 0;
  }

  /** Begins anew: what was measured until now was not yet the time after. */
  restart(fromNs: number): void {
    this.fromNs = fromNs;
    this.first = this.last = null;
    this.count = 0;
  }

  take(mark: Mark): void {
    if (mark.timeNs <= this.fromNs || this.isFull) return;
    // Rolled back: what was measured is void.
    if (this.last && mark.samples <= this.last.samples) this.restart(this.fromNs);
    if (this.first) {
      this.last = mark;
      this.count++;
    } else {
      this.first = mark;
    }
  }
}

export class Throughput {
  /** The last iterations, oldest first; the run's beginning is one of them. */
  private recent: Mark[] = [{ timeNs: 0, samples: 0 }];
  private measuring: ThroughputAfter[] = [];

  /** Samples a second over the iterations just past. */
  before(): number | null {
    const first = this.recent.at(0);
    const last = this.recent.at(-1);
    return first && last ? rate(first, last) : null;
  }

  /** A blow strikes: measures what comes after that time, and no further for those before it. */
  after(fromNs: number): ThroughputAfter {
    this.measuring = this.measuring.filter((blow) => !blow.hasBegun);
    const blow = new ThroughputAfter(fromNs);
    this.measuring.push(blow);
    return blow;
  }

  /** A repair is over: the iterations before it are no measure of what follows, for those it repaired least of all. */
  recovered(timeNs: number, repaired: readonly ThroughputAfter[]): void {
    this.recent = [];
    for (const blow of repaired) {
      blow.restart(timeNs);
      if (!this.measuring.includes(blow)) this.measuring.push(blow);
    }
  }

  take(timeNs: number, { samples }: IterationNote): void {
    const mark = { timeNs, samples };
    if (samples <= (this.recent.at(-1)?.samples ?? -1)) this.recent = [];
    this.recent.push(mark);
    if (this.recent.length > ITERATIONS + 1) this.recent.shift();
    if (this.measuring.length === 0) return;
    for (const blow of this.measuring) blow.take(mark);
    this.measuring = this.measuring.filter((blow) => !blow.isFull);
  }
}
