/**
 * The choice among all cuts that meet the bottleneck: fewest elements over the cuts, both ways, then the lowest
 * bounds, the last cut first. One pass over the possible bounds of each node, with a sliding window of minima. With
 * very many nodes all bounds would take gigabytes; then each stays in a band around the cut with the last bounds.
 */
import type { CutProblem } from './cut-problem.ts';
import { furthestEnds, nearestBegins } from './longest-run.ts';
import { lastBounds } from './reach.ts';

/** Most bounds looked at in all: 12 bytes each. */
const BOUNDS_MAX = 16_000_000;
/** Fewest bounds of one node looked at, on each side of the last one. */
const BAND_MIN = 16;

/** Fewest elements over all cuts up to bound `low + index`, and where the last run begins. */
interface Column {
  low: number;
  elements: Float64Array;
  from: Int32Array;
}

/** The next node's column: for each end the best begin within reach, the lowest of equals. */
function nextColumn(
  problem: CutProblem,
  node: number,
  before: Column,
  low: number,
  end: number,
  seconds: number,
): Column {
  const size = Math.max(0, end - low + 1);
  const column: Column = {
    low,
    elements: new Float64Array(size).fill(Infinity),
    from: new Int32Array(size).fill(-1),
  };
  const window: number[] = [];
  let head = 0;
  let entered = before.low;
  for (let high = low; high <= end; high++) {
    for (; entered < high && entered - before.low < before.elements.length; entered++) {
      const elements = before.elements[entered - before.low];
      if (elements === Infinity) continue;
      while (
        window.length > head &&
        before.elements[window[window.length - 1] - before.low] > elements
      )
        window.pop();
      window.push(entered);
    }
    while (head < window.length && !problem.fits(node, window[head], high, seconds)) head++;
    if (head === window.length || problem.wireSeconds(node, high) > seconds) continue;
    const begin = window[head];
    column.elements[high - low] = before.elements[begin - before.low] + problem.cutElements[high];
    column.from[high - low] = begin;
  }
  return column;
}

/**
 * Narrows the limits of all nodes around a cut that meets the time itself, so that at most `boundsMax` are left (but at
 * least the band of each node).
 */
function narrow(
  problem: CutProblem,
  seconds: number,
  { begins, ends }: { begins: number[]; ends: number[] },
  boundsMax: number,
): void {
  const nodeCount = problem.nodes.length;
  let open = 0;
  for (let node = 1; node < nodeCount; node++) open += ends[node - 1] - begins[node] + 1;
  const last = open > boundsMax ? lastBounds(problem, seconds) : null;
  if (last === null) return;
  const band = Math.max(BAND_MIN, Math.floor(boundsMax / nodeCount / 2));
  for (let node = 1; node < nodeCount; node++) {
    begins[node] = Math.max(begins[node], last[node] - band);
    ends[node - 1] = Math.min(ends[node - 1], last[node] + band);
  }
}

/** The bounds of the best cut within that time; null if there is none. `boundsMax`: bounds looked at in all. */
export function leastCut(
  problem: CutProblem,
  seconds: number,
  boundsMax: number = BOUNDS_MAX,
): number[] | null {
  const nodeCount = problem.nodes.length;
  const ends = furthestEnds(problem, seconds);
  const begins = nearestBegins(problem, seconds);
  narrow(problem, seconds, { begins, ends }, boundsMax);
  const columns: Column[] = [{ low: 0, elements: Float64Array.of(0), from: Int32Array.of(-1) }];
  for (let node = 0; node < nodeCount; node++) {
    const low = node + 1 < nodeCount ? begins[node + 1] : problem.blockCount;
    columns.push(nextColumn(problem, node, columns[node], low, ends[node], seconds));
  }
  const bounds = new Array<number>(nodeCount + 1).fill(0);
  bounds[nodeCount] = problem.blockCount;
  for (let node = nodeCount; node > 0; node--) {
    const { low, from } = columns[node];
    const index = bounds[node] - low;
    if (index < 0 || index >= from.length || from[index] < 0) return null;
    bounds[node - 1] = from[index];
  }
  return bounds;
}
