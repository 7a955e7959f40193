/** How long a run will still take people to wait for. */

/**
 * Seconds that are left, by the events that the iterations so far have taken: they tell how far the present one is,
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
