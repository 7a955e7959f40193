/**
 * The order of samples: a fresh permutation every epoch of the data, from a stream of its own, so that any position
 * can be computed without those before it.
 */
import { randomStream } from '../../engine/random.ts';

export class SampleOrder {
  private readonly seed: number;
  private readonly count: number;
  /**
   * The permutations asked for last, by epoch of the data: a batch may span the end of one and the start of the next.
   */
  private readonly permutations = new Map<number, Uint32Array>();

  /** The order of `count` training samples for that seed. Throws a RangeError if there is none. */
  constructor(seed: number, count: number) {
    if (!(Number.isInteger(count) && count > 0))
      throw new RangeError(
        `sample order of ${count} samples: a whole number from 1 would be right`,
      );
    this.seed = seed;
    this.count = count;
  }

  /** The samples at running positions [start, start + count), counted from 0 over all epochs. */
  indices(start: number, count: number): Uint32Array {
    const result = new Uint32Array(count);
    for (let filled = 0; filled < count;) {
      const epoch = Math.floor((start + filled) / this.count);
      const from = start + filled - epoch * this.count;
      const part = this.permutation(epoch).subarray(from, from + count - filled);
      result.set(part, filled);
      filled += part.length;
    }
    return result;
  }

  private permutation(epoch: number): Uint32Array {
    const known = this.permutations.get(epoch);
    if (known !== undefined) return known;
    const stream = randomStream(this.seed, `order/${epoch}`);
    const order = Uint32Array.from({ length: this.count }, (_, k) => k);
    for (let k = this.count - 1; k > 0; k--) {
      const other = stream.below(k + 1);
      const held = order[k];
      order[k] = order[other];
      order[other] = held;
    }
    for (const old of this.permutations.keys())
      if (this.permutations.size > 1) this.permutations.delete(old);
    this.permutations.set(epoch, order);
    return order;
  }
}
