/**
 * All bounds that a cut within a given time can have, node by node. They are a few intervals: behind where a run begins
 * all ends up to that of the longest run are possible, but those at which the cut takes the node's link too long, and
 * those behind a block that does not fit that node. To go from one node to the next takes a few steps for each
 * interval, however many blocks are in it.
 */
import type { CutProblem } from './cut-problem.ts';
import { furthest, nearestBegins } from './longest-run.ts';

/** Bounds from `low` to `high`, both possible, and all between. */
interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Adds those of the bounds from `low` to `high` at which the cut takes the node's link no longer than that. */
function addEnds(
  problem: CutProblem,
  node: number,
  { low, high }: Interval,
  seconds: number,
  ends: Interval[],
): void {
  let from = problem.nextEnd(node, low, high + 1, seconds, true);
  while (from <= high) {
    const after = problem.nextEnd(node, from, high + 1, seconds, false);
    const last = ends[ends.length - 1];
    if (last?.high === from - 1) ends[ends.length - 1] = { low: last.low, high: after - 1 };
    else ends.push({ low: from, high: after - 1 });
    from = problem.nextEnd(node, after, high + 1, seconds, true);
  }
}

/** Where that node's run can end, within those limits, if it begins at one of those bounds. */
function endsOf(
  problem: CutProblem,
  node: number,
  begins: readonly Interval[],
  limits: Interval,
  seconds: number,
): Interval[] {
  const ends: Interval[] = [];
  begins.forEach(({ low, high }, index) => {
    // A bound just behind a possible begin is an end if that one block fits: a longer run there would not fit either.
    let from = Math.max(low, limits.low - 1);
    while (from < high) {
      from = problem.nextBlock(node, from, high, seconds, true);
      const after = problem.nextBlock(node, from, high, seconds, false);
      addEnds(problem, node, { low: from + 1, high: after }, seconds, ends);
      from = after;
    }
    const most = begins[index + 1]?.low ?? limits.high;
    const end = furthest(problem, node, high, most, seconds);
    addEnds(problem, node, { low: Math.max(high + 1, limits.low), high: end }, seconds, ends);
  });
  return ends;
}

/** The largest of those bounds that is less than `bound`. */
function largestBelow(intervals: readonly Interval[], bound: number): number {
  let index = intervals.length - 1;
  while (intervals[index].low >= bound) index--;
  return Math.min(intervals[index].high, bound - 1);
}

/** The bounds of a cut within that time, each the largest that a cut can have; null if there is none. */
export function lastBounds(problem: CutProblem, seconds: number): number[] | null {
  const { blockCount, nodes } = problem;
  const least = [...nearestBegins(problem, seconds), blockCount];
  let ends: readonly Interval[] = [{ low: 0, high: 0 }];
  const begins: (readonly Interval[])[] = [];
  for (let node = 0; node < nodes.length; node++) {
    begins.push(ends);
    const limits = { low: least[node + 1], high: blockCount - (nodes.length - 1 - node) };
    ends = endsOf(problem, node, ends, limits, seconds);
    if (ends.length === 0) return null;
  }
  const bounds = new Array<number>(nodes.length + 1).fill(blockCount);
  for (let node = nodes.length - 1; node >= 0; node--)
    bounds[node] = largestBelow(begins[node], bounds[node + 1]);
  return bounds;
}
