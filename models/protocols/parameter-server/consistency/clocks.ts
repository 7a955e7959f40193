/** How far each share of the batch has come, as one server sees it: its clock counts the iterations that are there. */
import type { WorkItem } from '../work-item.ts';

export class Clocks {
  /** The lowest clock of all. */
  lowest: number;
  private readonly of: Int32Array;
  /** Shares at the lowest. */
  private atLowest: number;
  /** By its number in the run: what came before others of its share that are still to come, as may be where nodes fail. */
  private readonly ahead = new Set<number>();

  /** With the gradients that a list has: all below its first number, and each of the others (see `AppliedShares`). */
  constructor(shares: number, [below, ...above]: readonly number[]) {
    const clockOf = (share: number) => Math.max(0, Math.ceil((below - share) / shares));
    this.of = Int32Array.from({ length: shares }, (_, share) => clockOf(share));
    this.lowest = clockOf(shares - 1);
    this.atLowest = this.slowest().length;
    for (const number of above)
      this.add({ iteration: Math.floor(number / shares), share: number % shares });
  }

  at(share: number): number {
    return this.of[share];
  }

  has({ iteration, share }: WorkItem): boolean {
    return iteration < this.of[share] || this.ahead.has(this.numberOf(iteration, share));
  }

  /** A gradient is there. True if the lowest clock has moved. */
  add({ iteration, share }: WorkItem): boolean {
    const { of, ahead, lowest } = this;
    if (iteration < of[share]) return false;
    if (iteration > of[share]) {
      ahead.add(this.numberOf(iteration, share));
      return false;
    }
    if (of[share]++ === lowest) this.atLowest--;
    while (ahead.size > 0 && ahead.delete(this.numberOf(of[share], share))) of[share]++;
    if (this.atLowest > 0) return false;
    this.lowest = of.reduce((least, clock) => Math.min(least, clock));
    this.atLowest = this.slowest().length;
    return true;
  }

  /** The shares that all others may have to wait for. */
  slowest(): number[] {
    return [...this.of.keys()].filter((share) => this.of[share] === this.lowest);
  }

  private numberOf(iteration: number, share: number): number {
    return iteration * this.of.length + share;
  }
}
