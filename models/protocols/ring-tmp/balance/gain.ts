/** Whether another cut of the line is worth the move. Pure: it follows from what all hosts have measured of themselves. */
import { readRecords } from '../../../costs/node-records.ts';
import { parameterCosts } from '../../../spec/parameter-costs.ts';
import type { RingWork } from '../ring-work.ts';

/** A move must pay within so many iterations. */
const PAYS_WITHIN = 100;

/** `iterations` are still to come. */
export function paysToMove(
  work: RingWork,
  bounds: readonly number[],
  records: Float64Array,
  iterations: number,
): boolean {
  const best = work.bounds(records);
  const bestNs = work.periodNs(records, best);
  const savedNs = work.periodNs(records, bounds) - bestNs;
  if (savedNs <= work.options.balance!.threshold * bestNs) return false;
  const uses = work.microBatches * Math.min(iterations, PAYS_WITHIN);
  return uses * savedNs > moveNs(work, bounds, best, records);
}

/** What crosses a bound between neighbours goes over one link, and all links work at the same time. */
function moveNs(
  work: RingWork,
  bounds: readonly number[],
  best: readonly number[],
  records: Float64Array,
): number {
  const { stateBytes } = parameterCosts(work.training);
  let longestNs = 0;
  for (const [place, { bandwidthBytesPerSecond }] of readRecords(records).entries()) {
    const behind = place + 1;
    const parameters = work.parameterBound(best[behind]) - work.parameterBound(bounds[behind]);
    const ns = (1e9 * stateBytes * Math.abs(parameters)) / bandwidthBytesPerSecond;
    longestNs = Math.max(longestNs, ns);
  }
  return longestNs;
}

/** Blocks that have another owner in one cut than in the other. */
export function blocksMoved(before: readonly number[], after: readonly number[]): number {
  let kept = 0;
  for (let place = 0; place + 1 < after.length; place++) {
    const low = Math.max(before[place], after[place]);
    const high = Math.min(before[place + 1], after[place + 1]);
    kept += Math.max(0, high - low);
  }
  return after[after.length - 1] - kept;
}
