/**
 * The shares whose gradients are in some weights, by their number in the run: all below one, and some above, for shares
 * come in any order where each is an update of its own.
 */
export class AppliedShares {
  private below: number;
  private readonly above: Set<number>;

  /** Goes on from what `toList` gave. */
  constructor([below, ...above]: readonly number[] = [0]) {
    this.below = below;
    this.above = new Set(above);
  }

  has(number: number): boolean {
    return number < this.below || this.above.has(number);
  }

  add(number: number): void {
    if (number !== this.below) {
      this.above.add(number);
      return;
    }
    this.below++;
    while (this.above.size > 0 && this.above.delete(this.below)) this.below++;
  }

  /** Those that another does not have. */
  without(other: AppliedShares): number[] {
    const lacking: number[] = [];
    for (let number = other.below; number < this.below; number++) lacking.push(number);
    return [...lacking, ...this.above].filter((number) => !other.has(number));
  }

  /** All below the first number, and each of the others. */
  toList(): number[] {
    return [this.below, ...this.above];
  }
}
