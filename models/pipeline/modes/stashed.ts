/**
 * PipeDream (Narayanan et al., SOSP 2019; PROTOCOLS B): every micro-batch is an update. Its forward takes the newest
 * weights, and its backward the same ones, which are stashed for it.
 */
import type { Mode, VersionRule } from './mode.ts';

class StashedRule implements VersionRule {
  /** The version of each micro-batch in flight, and how many in flight take each version. */
  private readonly taken = new Map<number, number>();
  private readonly users = new Map<number, number>();
  /** Of the newest gradient. */
  private last = 0;

  admits(): boolean {
    return true;
  }

  forward(number: number, updates: number): number {
    this.taken.set(number, updates);
    this.users.set(updates, (this.users.get(updates) ?? 0) + 1);
    return updates;
  }

  backward(number: number): number {
    return this.taken.get(number)!;
  }

  ended(number: number, updates: number): number | null {
    const version = this.taken.get(number)!;
    const left = this.users.get(version)! - 1;
    this.taken.delete(number);
    this.last = version;
    if (left > 0) this.users.set(version, left);
    else this.users.delete(version);
    return left === 0 && version < updates ? version : null;
  }

  keeps(updates: number): boolean {
    return this.users.has(updates);
  }

  age(updates: number): number {
    return updates - this.last;
  }
}

export const STASHED: Mode = {
  name: 'stash',
  updateEvery: () => 1,
  mostInFlight: () => Infinity,
  delays: false,
  stashes: true,
  newRule: () => new StashedRule(),
};
