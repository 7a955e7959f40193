/**
 * PipeDream-2BW (Narayanan et al., ICML 2021; PROTOCOLS B): batches follow each other without a flush, and each takes the
 * weights of one update before, at every stage. Two versions are enough for that.
 */
import type { Mode, VersionRule } from './mode.ts';

class TwoBufferedRule implements VersionRule {
  private readonly every: number;

  constructor(every: number) {
    this.every = every;
  }

  admits(number: number, updates: number): boolean {
    return this.version(number) <= updates;
  }

  forward(number: number): number {
    return this.version(number);
  }

  backward(number: number): number {
    return this.version(number);
  }

  ended(): number | null {
    return null;
  }

  keeps(): boolean {
    return false;
  }

  age(updates: number): number {
    return Math.min(updates, 1);
  }

  private version(number: number): number {
    return Math.max(0, Math.floor(number / this.every) - 1);
  }
}

export const TWO_BUFFERED: Mode = {
  name: '2bw',
  updateEvery: (microBatches) => microBatches,
  // One more than a batch: the first of the next may begin when all of the batch before the present one have ended.
  mostInFlight: (microBatches) => microBatches + 1,
  delays: true,
  stashes: false,
  newRule: (microBatches) => new TwoBufferedRule(microBatches),
};
