/**
 * The bottleneck by bisection on the time, for long lines. A time is feasible if greedy maximal runs cover the line
 * within it; where the greedy cut fails, if any cut does. The search ends at two neighbouring doubles, so it is
 * exact. To look for any cut takes as many steps as there are pairs of nodes and blocks: where these are very many, the
 * greedy cut decides, and the bottleneck is the least at which it goes through.
 */
import type { CutProblem } from './cut-problem.ts';
import { coverable, coverableWithEmptyRuns, greedyBounds } from './reach.ts';

/** Most pairs of nodes and blocks for which any cut is looked for at each time. */
const PAIRS_MAX = 2 ** 27;

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

/** The time of the greedy cut within `seconds`; null if there is none. */
function greedilyFeasible(problem: CutProblem, seconds: number): number | null {
  const bounds = greedyBounds(problem, seconds);
  return bounds === null ? null : slowest(problem, bounds);
}

/** A time at which a cut exists, at most `seconds`; null if there is none. */
function feasible(problem: CutProblem, seconds: number): number | null {
  const greedy = greedilyFeasible(problem, seconds);
  if (greedy !== null) return greedy;
  const open = coverableWithEmptyRuns(problem, seconds) && coverable(problem, seconds);
  return open ? seconds : null;
}

/** The least possible time of the slowest node, in seconds; null if no cut meets the memory limits. */
export function bisectBottleneck(problem: CutProblem): number | null {
  let most = 0;
  for (let node = 0; node < problem.nodes.length; node++)
    most = Math.max(
      most,
      problem.seconds(node, 0, problem.blockCount),
      problem.widestWireSeconds(node),
    );
  const found = feasible(problem, most);
  if (found === null) return null;
  most = found;
  const isLong = problem.nodes.length * problem.blockCount > PAIRS_MAX;
  const reach = isLong ? greedilyFeasible : feasible;
  let least = 0;
  for (;;) {
    const middle = least + (most - least) / 2;
    if (middle <= least || middle >= most) return most;
    const time = reach(problem, middle);
    if (time === null) least = middle;
    else most = time;
  }
}
