/**
 * The forwards of a stage that are run again (PROTOCOLS A.6): which are still to be, and which one has its activations
 * by now. Micro-batches are numbered from the beginning of the run.
 */
import { isRecomputed, type Recompute } from '../recompute.ts';

export class Recomputation {
  private readonly recompute: Recompute;
  private readonly count: number;
  private readonly due = new Set<number>();
  private repeated: number | null = null;

  /** Of so many micro-batches in an iteration. */
  constructor(recompute: Recompute, count: number) {
    this.recompute = recompute;
    this.count = count;
  }

  /** Whether that micro-batch is run forward again. */
  covers(number: number): boolean {
    return isRecomputed(this.recompute, number % this.count, this.count);
  }

  forwardBegins(number: number): void {
    if (this.covers(number)) this.due.add(number);
  }

  /** Whether its forward can be repeated before its gradient is here: one at a time. */
  ready(number: number): boolean {
    return this.repeated === null && this.due.has(number);
  }

  /** Its forward is repeated ahead of its backward. */
  begins(number: number): void {
    this.due.delete(number);
    this.repeated = number;
  }

  /** True if the forward must be repeated first. */
  backwardBegins(number: number): boolean {
    if (this.repeated === number) this.repeated = null;
    return this.due.delete(number);
  }
}
