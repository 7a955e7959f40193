/** Estimates how long a run will still take. */

/**
 * Seconds left, estimated from the events of the iterations so far: events show how far the present iteration is,
 * which the count of iterations alone does not.
 * @param eventsAtIteration events by the end of the last iteration
 * @returns null before the first iteration has ended
 */
export function secondsLeft(run: {
  readonly seconds: number;
  readonly iteration: number;
  readonly iterations: number;
  readonly events: number;
  readonly eventsAtIteration: number;
}): number | null {
  const { seconds, iteration, iterations, events, eventsAtIteration } = run;
  if (iteration === 0 || events === 0) return null;
  const eventsInAll = (eventsAtIteration / iteration) * iterations;
  return (seconds / events) * Math.max(0, eventsInAll - events);
}
