/** RingTMP-sync and every flushed pipeline (PROTOCOLS A): a batch is one update, and takes the newest weights. */
import type { Mode, VersionRule } from './mode.ts';

/** An update is made of so many micro-batches. */
export class SyncRule implements VersionRule {
  private readonly every: number;

  constructor(every: number) {
    this.every = every;
  }

  admits(number: number, updates: number): boolean {
    return number < (updates + 1) * this.every;
  }

  forward(_number: number, updates: number): number {
    return updates;
  }

  backward(_number: number, updates: number): number {
    return updates;
  }

  ended(): number | null {
    return null;
  }

  keeps(): boolean {
    return false;
  }

  age(): number | null {
    return null;
  }
}

export const SYNC: Mode = {
  name: 'sync',
  updateEvery: (microBatches) => microBatches,
  mostInFlight: (microBatches) => microBatches,
  delays: false,
  stashes: false,
  newRule: (microBatches) => new SyncRule(microBatches),
};
