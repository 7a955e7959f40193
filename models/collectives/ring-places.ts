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

/** The place of the node at that position of a ring of nodes. */
export function placeOn(ring: readonly NodeId[], position: number): RingPlace {
  const size = ring.length;
  const [before, next] = [ring[(position + size - 1) % size], ring[(position + 1) % size]];
  return { size, position, before, next };
}

/**
 * The places of node `nodes[index]` where the nodes form so many groups, in order: its place in its group, then its
 * place on the ring of those who stand where it does in every group. Nodes that do not form equal groups, or form one
 * alone, are one ring.
 */
export function placesIn(nodes: readonly NodeId[], groups: number, index: number): RingPlace[] {
  const size = nodes.length / groups;
  if (groups === 1 || size === 1 || !Number.isInteger(size)) return [placeOn(nodes, index)];
  const group = Math.floor(index / size);
  const position = index % size;
  const own = nodes.slice(group * size, (group + 1) * size);
  const across = Array.from({ length: groups }, (_, each) => nodes[each * size + position]);
  return [placeOn(own, position), placeOn(across, group)];
}

/** Chunk `index` of the range on a ring; chunks are counted round the ring, so any whole number will do. */
export function chunkOf({ low, high }: Share, size: number, index: number): Share {
  const chunk = shareOf(high - low, size, ((index % size) + size) % size);
  return { low: low + chunk.low, high: low + chunk.high };
}
