/**
 * Samples a second before and after a fault, from iteration notes. Before: over the last iterations that ended before
 * it. After: over the first ones after it was repaired, or after it ended where it needs no repair. Never across
 * another fault or a repair: then over fewer iterations, and unknown where there are none.
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

/** The throughput after one fault. */
export class ThroughputAfter {
  private fromNs: number;
  private first: Mark | null = null;
  private last: Mark | null = null;
  private count = 0;

  /** @param fromNs iterations that end before are ignored */
  constructor(fromNs: number) {
    this.fromNs = fromNs;
  }

  /** Samples a second; null before two iterations have ended. */
  get perSecond(): number | null {
    return this.first && this.last ? rate(this.first, this.last) : null;
  }

  get isFull(): boolean {
    return this.count === ITERATIONS;
  }

  get hasBegun(): boolean {
    return this.count > 0;
  }

  /** Starts again: what was measured so far was before the repair. */
  restart(fromNs: number): void {
    this.fromNs = fromNs;
    this.first = this.last = null;
    this.count = 0;
  }

  take(mark: Mark): void {
    if (mark.timeNs <= this.fromNs || this.isFull) return;
    // A rollback voids what was measured.
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

  /** A fault begins: measures what comes after that time, and ends the measurements of faults before it. */
  after(fromNs: number): ThroughputAfter {
    this.measuring = this.measuring.filter((measurement) => !measurement.hasBegun);
    const measurement = new ThroughputAfter(fromNs);
    this.measuring.push(measurement);
    return measurement;
  }

  /**
   * A repair is over: iterations before it say nothing of what follows. The repaired faults are measured from here
   * on.
   */
  recovered(timeNs: number, repaired: readonly ThroughputAfter[]): void {
    this.recent = [];
    for (const measurement of repaired) {
      measurement.restart(timeNs);
      if (!this.measuring.includes(measurement)) this.measuring.push(measurement);
    }
  }

  take(timeNs: number, { samples }: IterationNote): void {
    const mark = { timeNs, samples };
    if (samples <= (this.recent.at(-1)?.samples ?? -1)) this.recent = [];
    this.recent.push(mark);
    if (this.recent.length > ITERATIONS + 1) this.recent.shift();
    if (this.measuring.length === 0) return;
    for (const measurement of this.measuring) measurement.take(mark);
    this.measuring = this.measuring.filter((measurement) => !measurement.isFull);
  }
}
