/** The value in the middle; of an even number the higher one of the two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted.length === 0 ? NaN : sorted[Math.floor(sorted.length / 2)];
}
