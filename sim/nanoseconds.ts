/** Seconds as the integer nanoseconds the engine counts in. */
export function nanoseconds(seconds: number): number {
  return Math.round(seconds * 1e9);
}
