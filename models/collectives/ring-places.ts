/**
 * Where a node stands on the rings that a sum goes over: one ring of all nodes, or rings of rings. It knows neither
 * messages nor time.
 */
import type { NodeId } from '../../engine/world.ts';
import type { Share } from '../learning/shares.ts';
import { shareOf } from '../learning/shares.ts';

/** One node's place on one ring. */
export interface RingPlace {
  readonly size: number;
  /** From 0. */
  readonly position: number;
  /** From whom it receives, and to whom it sends. */
  readonly before: NodeId;
  readonly next: NodeId;
}

/** The place at that position of a ring of so many nodes; `nodeAt` tells who stands where on it. */
export function placeOn(
  size: number,
  position: number,
  nodeAt: (position: number) => NodeId,
): RingPlace {
  const [before, next] = [nodeAt((position + size - 1) % size), nodeAt((position + 1) % size)];
  return { size, position, before, next };
}

/**
 * The places of node `nodes[index]` where the nodes form so many groups, in order: its place in its group, then its
 * place on the ring of those who stand where it does in every group. Nodes that do not form equal groups, or form one
 * alone, are one ring.
 */
export function placesIn(nodes: readonly NodeId[], groups: number, index: number): RingPlace[] {
  const size = nodes.length / groups;
  if (groups === 1 || size === 1 || !Number.isInteger(size))
    return [placeOn(nodes.length, index, (at) => nodes[at])];
  const group = Math.floor(index / size);
  const position = index % size;
  return [
    placeOn(size, position, (at) => nodes[group * size + at]),
    placeOn(groups, group, (at) => nodes[at * size + position]),
  ];
}

/** Chunk `index` of the range on a ring; chunks are counted round the ring, so any whole number will do. */
export function chunkOf({ low, high }: Share, size: number, index: number): Share {
  const chunk = shareOf(high - low, size, ((index % size) + size) % size);
  return { low: low + chunk.low, high: low + chunk.high };
}
