/** The path of a transfer: the topology's route, or a detour in its place. */
import type { NodeId } from '../world.ts';
import type { Topology } from './topology.ts';

/** An array with room for any path without a circle. */
export function roomForWay({ linkCount, longestRoute }: Topology): Int32Array {
  return new Int32Array(Math.max(linkCount, longestRoute));
}

/** Writes the links of the path into `into`; returns their number. */
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
