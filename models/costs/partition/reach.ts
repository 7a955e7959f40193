/**
 * The bounds that a cut within a given time can have. Greedy maximal runs give the furthest, and mirrored the
 * nearest. But every node must own a block, and a costly block may fit one node and not its neighbour; then not all
 * bounds between the two are possible, and none where the cut takes its link too long. `coverable` checks each where
 * the greedy cut fails.
 */
import type { CutProblem } from './cut-problem.ts';

/**
 * The end of the longest run that node can take from `low`, up to `limit`, whatever the cut takes there; `low` if not
 * even one block.
 */
export function furthest(
  problem: CutProblem,
  node: number,
  low: number,
  limit: number,
  seconds: number,
): number {
  let fits = low;
  let fails = limit + 1;
  while (fails - fits > 1) {
    const middle = (fits + fails) >>> 1;
    if (problem.fits(node, low, middle, seconds)) fits = middle;
    else fails = middle;
  }
  return fits;
}

/** The begin of the longest run that node can take up to `high`, from `limit` on; `high` if not even one block. */
export function nearest(
  problem: CutProblem,
  node: number,
  high: number,
  limit: number,
  seconds: number,
): number {
  let fits = high;
  let fails = limit - 1;
  while (fits - fails > 1) {
    const middle = (fits + fails) >> 1;
    if (problem.fits(node, middle, high, seconds)) fits = middle;
    else fails = middle;
  }
  return fits;
}

/** Likewise, of the runs whose cut holds the link no longer than that. */
function furthestCut(
  problem: CutProblem,
  node: number,
  low: number,
  limit: number,
  seconds: number,
): number {
  let high = furthest(problem, node, low, limit, seconds);
  while (high > low && problem.wireSeconds(node, high) > seconds) high--;
  return high;
}

/**
 * Whether greedy maximal runs cover the line if nodes may stay empty; if not, there is no cut at all: no cut ends a run
 * beyond the greedy one.
 */
export function coverableWithEmptyRuns(problem: CutProblem, seconds: number): boolean {
  const { blockCount, nodes } = problem;
  let low = 0;
  for (let node = 0; node < nodes.length && low < blockCount; node++)
    low = furthestCut(problem, node, low, blockCount, seconds);
  return low === blockCount;
}

/**
 * Greedy cut: each node takes the longest run that leaves a block for each node after it. Null if it fails. Null
 * alone does not prove that there is no cut: a shorter run could have spared a slow node a costly block.
 */
export function greedyBounds(problem: CutProblem, seconds: number): number[] | null {
  const { blockCount, nodes } = problem;
  const bounds = [0];
  for (let node = 0; node < nodes.length; node++) {
    const limit = blockCount - (nodes.length - 1 - node);
    const high = furthestCut(problem, node, bounds[node], limit, seconds);
    if (high === bounds[node]) return null;
    bounds.push(high);
  }
  return bounds[nodes.length] === blockCount ? bounds : null;
}

/** Whether any cut within that time exists: computes all bounds that nodes 0..i can end at, node by node. */
export function coverable(problem: CutProblem, seconds: number): boolean {
  const { blockCount, nodes } = problem;
  let open = new Uint8Array(blockCount + 1);
  open[0] = 1;
  for (let node = 0; node < nodes.length; node++) {
    const limit = blockCount - (nodes.length - 1 - node);
    const next = new Uint8Array(blockCount + 1);
    let reached = 0;
    for (let low = node; low < limit; low++) {
      if (open[low] === 0) continue;
      let high = Math.max(low, reached);
      while (high < limit && problem.fits(node, low, high + 1, seconds)) high++;
      for (let end = Math.max(low, reached) + 1; end <= high; end++)
        next[end] = problem.wireSeconds(node, end) <= seconds ? 1 : 0;
      reached = Math.max(reached, high);
    }
    if (reached === 0) return false;
    open = next;
  }
  return open[blockCount] === 1;
}
