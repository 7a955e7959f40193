/**
 * The shares whose gradients are in some weights, by their number in the run: all below one, and some above, for shares
 * come in any order where each is an update of its own.
 */
export class AppliedShares {
  private below: number;
  /** From `below` on: 1 for each that is in, at its number modulo the length, a power of two. */
  private above = new Uint8Array(16);

  /** Goes on from what `toList` gave. */
  constructor([below, ...above]: readonly number[] = [0]) {
    this.below = below;
    for (const number of above) this.add(number);
  }

  has(number: number): boolean {
    const { below, above } = this;
    if (number < below) return true;
    return number - below < above.length && above[number & (above.length - 1)] === 1;
  }

  add(number: number): void {
    if (number < this.below) return;
    while (number - this.below >= this.above.length) this.makeRoom();
    const { above } = this;
    const mask = above.length - 1;
    above[number & mask] = 1;
    while (above[this.below & mask] === 1) above[this.below++ & mask] = 0;
  }

  /** Those that another does not have, in order. */
  without(other: AppliedShares): number[] {
    const lacking: number[] = [];
    for (let number = other.below; number < this.below + this.above.length; number++)
      if (this.has(number) && !other.has(number)) lacking.push(number);
    return lacking;
  }

  /** All below the first number, and each of the others, in order. */
  toList(): number[] {
    return [this.below, ...this.without(new AppliedShares([this.below]))];
  }

  private makeRoom(): void {
    const { below, above } = this;
    this.above = new Uint8Array(2 * above.length);
    for (let number = below; number < below + above.length; number++)
      this.above[number & (this.above.length - 1)] = above[number & (above.length - 1)];
  }
}
