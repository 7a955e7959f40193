/** A clock for faults on threads that waits for the nodes, so that no machine changes what comes first. */

/** Nothing strikes or ends after so many milliseconds before so many lines are logged. */
export type Wait = readonly [afterMs: number, lines: number];

/** A clock that stands still at those times until there are so many lines. */
export function waitingClock(waits: readonly Wait[], logs: readonly (readonly string[])[]) {
  let stoodNs = 0;
  return (runNs: number): number => {
    const lines = logs.flat().length;
    for (const [afterMs, wanted] of waits)
      if (lines < wanted) stoodNs = Math.max(stoodNs, runNs - afterMs * 1e6);
    return runNs - stoodNs;
  };
}
