/** How many rings a torus has where nobody says so: as few as keep each of them short enough to pay (PROTOCOLS A.5, A.7). */
import { lineOf } from '../../../costs/cost-line.ts';
import { measure } from '../../../costs/node-records.ts';
import { segmentCosts } from '../../../costs/segment-costs.ts';
import type { WatchedWork } from '../../../spec/assignment.ts';
import type { RingOptions } from '../options.ts';

/** Rings of the variant that the options choose. */
export function ringCount(
  { variant, rings = 'auto' }: Pick<RingOptions, 'variant' | 'rings'>,
  work: WatchedWork,
): number {
  if (variant !== 'torus') return 1;
  return rings === 'auto' ? fewestRings(work) : rings;
}

/**
 * The least number of rings that nodes and micro-batches can be dealt out to, and whose length is at most
 * N* = sqrt(U (m - 1) / (m h)): U is the time that one node takes for the batch of a ring, m its micro-batches, and h what
 * every slot costs beside the work: the overheads of its two tasks, and a message there and back. The largest number
 * there is if all rings are longer than that.
 */
function fewestRings(work: WatchedWork): number {
  const { hosts, training } = work;
  const nodes = hosts.length;
  const { passNs, slotNs } = slotTimes(work);
  let most = 1;
  for (let rings = 1; rings <= Math.min(nodes, training.microBatches); rings++) {
    if (nodes % rings !== 0 || training.microBatches % rings !== 0) continue;
    most = rings;
    const microBatches = training.microBatches / rings;
    const best = Math.sqrt((passNs * (microBatches - 1)) / slotNs);
    if (nodes / rings <= Math.max(1, best)) return rings;
  }
  return most;
}

/** What a micro-batch takes on one node that holds all of the model, and what a slot costs beside. */
function slotTimes(work: WatchedWork): { passNs: number; slotNs: number } {
  const { hosts, model, training } = work;
  const line = lineOf(model, 1);
  const record = measure({ ...work, detector: null }, 0);
  const all = segmentCosts({ line, training, recompute: false }, record, 0, line.blocks.length);
  const overheadNs = 2 * hosts[0].taskOverheadNs;
  return {
    passNs: all.forwardNs + all.backwardNs - overheadNs,
    slotNs: Math.max(1, overheadNs + 2 * record.latencyNs),
  };
}
