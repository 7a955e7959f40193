/** The longest run that a node can take within a given time and its memory, from where it begins or up to where it ends. */
import type { CutProblem } from './cut-problem.ts';

/**
 * The end of the longest run that node can take from `low`, up to `limit`, whatever the cut takes there; `low` if not
 * even one block. The steps double until one is too long: most runs are short.
 */
export function furthest(
  problem: CutProblem,
  node: number,
  low: number,
  limit: number,
  seconds: number,
): number {
  let fits = low;
  let step = 1;
  while (fits + step <= limit && problem.fits(node, low, fits + step, seconds)) {
    fits += step;
    step *= 2;
  }
  let fails = Math.min(fits + step, limit + 1);
  while (fails - fits > 1) {
    const middle = (fits + fails) >>> 1;
    if (problem.fits(node, low, middle, seconds)) fits = middle;
    else fails = middle;
  }
  return fits;
}

/** The begin of the longest run that node can take up to `high`, from `limit` on; `high` if not even one block. */
function nearest(
  problem: CutProblem,
  node: number,
  high: number,
  limit: number,
  seconds: number,
): number {
  let fits = high;
  let step = 1;
  while (fits - step >= limit && problem.fits(node, fits - step, high, seconds)) {
    fits -= step;
    step *= 2;
  }
  let fails = Math.max(fits - step, limit - 1);
  while (fits - fails > 1) {
    const middle = (fits + fails) >> 1;
    if (problem.fits(node, middle, high, seconds)) fits = middle;
    else fails = middle;
  }
  return fits;
}

/**
 * Upper limits: no cut within that time ends node i's run beyond `ends[i]`. A block that stops the
 * greedy run stops every run that begins before it, so the limit holds even where that run is empty.
 */
export function furthestEnds(problem: CutProblem, seconds: number): number[] {
  const { blockCount, nodes } = problem;
  let reached = 0;
  return nodes.map((_, node) => {
    const limit = blockCount - (nodes.length - 1 - node);
    reached = furthest(problem, node, reached, limit, seconds);
    return reached;
  });
}

/** Lower limits, likewise: no cut within that time begins node i's run before `begins[i]`. */
export function nearestBegins(problem: CutProblem, seconds: number): number[] {
  const { blockCount, nodes } = problem;
  const begins = new Array<number>(nodes.length).fill(0);
  let reached = blockCount;
  for (let node = nodes.length - 1; node >= 0; node--) {
    reached = nearest(problem, node, reached, node, seconds);
    begins[node] = reached;
  }
  return begins;
}
