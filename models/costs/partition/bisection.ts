/**
 * The bottleneck by bisection on the time, for long lines: a time is feasible if any cut is within it. The search ends at
 * two neighbouring doubles, so it is exact.
 */
import type { CutProblem } from './cut-problem.ts';
import { lastBounds } from './reach.ts';

function slowest(problem: CutProblem, bounds: readonly number[]): number {
  let seconds = 0;
  for (let node = 0; node < problem.nodes.length; node++)
    seconds = Math.max(
      seconds,
      problem.seconds(node, bounds[node], bounds[node + 1]),
      problem.wireSeconds(node, bounds[node + 1]),
    );
  return seconds;
}

/** The time of some cut within `seconds`; null if there is none. */
function feasible(problem: CutProblem, seconds: number): number | null {
  const bounds = lastBounds(problem, seconds);
  return bounds === null ? null : slowest(problem, bounds);
}

/** The least possible time of the slowest node, in seconds; null if no cut meets the memory limits. */
export function bisectBottleneck(problem: CutProblem): number | null {
  let limit = 0;
  for (let node = 0; node < problem.nodes.length; node++)
    limit = Math.max(
      limit,
      problem.seconds(node, 0, problem.blockCount),
      problem.widestWireSeconds(node),
    );
  let most = feasible(problem, limit);
  if (most === null) return null;
  let least = 0;
  while (most > least) {
    const middle = least + (most - least) / 2;
    const half = feasible(problem, middle);
    if (half === null) least = middle;
    else most = half;
    // Often nothing is possible in the next double below, long before the two ends meet.
    const time = feasible(problem, most * (1 - 2 ** -53));
    if (time === null) return most;
    most = time;
  }
  return most;
}
