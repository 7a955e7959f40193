/**
 * No stash (PROTOCOLS B): every micro-batch is an update, and both of its passes take the newest weights, so that a
 * gradient mixes versions. The window bounds how many.
 */
import type { Mode, VersionRule } from './mode.ts';

class BoundedRule implements VersionRule {
  /** The version of each forward in flight. */
  private readonly taken = new Map<number, number>();
  /** Of the newest gradient. */
  private last = 0;

  admits(): boolean {
    return true;
  }

  forward(number: number, updates: number): number {
    this.taken.set(number, updates);
    return updates;
  }

  backward(_number: number, updates: number): number {
    return updates;
  }

  ended(number: number): number | null {
    this.last = this.taken.get(number)!;
    this.taken.delete(number);
    return null;
  }

  keeps(): boolean {
    return false;
  }

  age(updates: number): number {
    return updates - this.last;
  }
}

/** Weights get at most that many updates between the two passes of a micro-batch. */
export const bounded = (staleness: number): Mode => ({
  name: 'bounded',
  updateEvery: () => 1,
  mostInFlight: () => staleness + 1,
  delays: false,
  stashes: false,
  newRule: () => new BoundedRule(),
});
