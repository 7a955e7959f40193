/** Where a transfer goes: the topology's route, or a detour given in its place. */
import type { NodeId } from '../world.ts';
import type { Topology } from './topology.ts';

/** Room for any way without a circle. */
export function roomForWay({ linkCount, longestRoute }: Topology): Int32Array {
  return new Int32Array(Math.max(linkCount, longestRoute));
}

/** Writes the links of the way into `into`; returns their number. */
export function wayInto(
  topology: Topology,
  source: NodeId,
  target: NodeId,
  detour: Int32Array | null,
  into: Int32Array,
): number {
  if (!detour) return topology.route(source, target, into);
  into.set(detour);
  return detour.length;
}
