/**
 * A digest of everything that happened, in order: two runs with the same digest went the same way. 64 bits in two
 * 32-bit lanes, both mixed with every word. Not a cryptographic hash.
 */
export class Digest {
  private one = 0x243f6a88;
  private two = 0x13198a2e;

  /** `seed` is a whole number from 0 to 2^53. */
  constructor(seed: number) {
    this.fold(seed, 0, 0, 0);
  }

  /** Folds one event in: a whole number of nanoseconds below 2^53 and three 32-bit integers. */
  fold(timeNs: number, kind: number, a: number, b: number): void {
    let one = this.one;
    let two = this.two;
    one = Math.imul(one ^ timeNs, 0x9e3779b1);
    two = Math.imul(two ^ (timeNs / 4294967296), 0x85ebca6b) + one;
    one = Math.imul(one ^ (one >>> 15) ^ a, 0xc2b2ae35);
    two = Math.imul(two ^ (two >>> 13) ^ b, 0x27d4eb2f);
    one = Math.imul(one ^ (two >>> 16) ^ kind, 0x165667b1);
    two = Math.imul(two ^ (one >>> 14), 0x9e3779b1);
    this.one = one;
    this.two = two;
  }

  /** 16 hex digits. */
  toString(): string {
    return hexadecimal(this.one ^ (this.two >>> 16)) + hexadecimal(this.two ^ (this.one >>> 16));
  }
}

function hexadecimal(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0');
}
