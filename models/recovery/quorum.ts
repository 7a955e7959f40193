/** The majority rule: two sides of a partition never both have more than half. */

/** Whether `count` members are more than half of `of`. */
export function isMajority(count: number, of: number): boolean {
  return 2 * count > of;
}
