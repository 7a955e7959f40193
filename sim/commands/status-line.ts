/** Progress in one line, which is redrawn on a terminal, and printed now and then elsewhere. */
import type { CommandStreams } from './streams.ts';

const DRAW_MS = 200;
const PLAIN_MS = 5000;

export class StatusLine {
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
