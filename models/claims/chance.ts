/** Random draws for the generators of scenarios, from one named stream. Fuzzing uses no other randomness. */
import { randomStream } from '../../engine/random.ts';
import type { RandomStream } from '../../engine/world.ts';

export class Chance {
  private readonly stream: RandomStream;

  constructor(seed: number, name: string) {
    this.stream = randomStream(seed, `fuzz/${name}`);
  }

  /** True with that probability. */
  often(probability: number): boolean {
    return this.stream.uniform() < probability;
  }

  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number {
    return low + this.stream.below(high - low + 1);
  }

  real(low: number, high: number): number {
    return low + (high - low) * this.stream.uniform();
  }

  /** Between `low` and `high`, each order of magnitude as likely as another. */
  scale(low: number, high: number): number {
    return low * (high / low) ** this.stream.uniform();
  }

  one<T>(list: readonly T[]): T {
    return list[this.stream.below(list.length)];
  }

  /** `count` different ones, in the order of the list. */
  some<T>(list: readonly T[], count: number): T[] {
    const left = list.map((_, index) => index);
    const chosen: number[] = [];
    while (chosen.length < count && left.length > 0)
      chosen.push(left.splice(this.stream.below(left.length), 1)[0]);
    return chosen.sort((first, second) => first - second).map((index) => list[index]);
  }
}

/** Nanoseconds as the seconds of a scenario. */
export function seconds(nanoseconds: number): number {
  return Math.round(nanoseconds) / 1e9;
}
