/** Which of several equal pipelines a node is of (data parallel). Each trains on its part of every batch. */
import type { NodeId } from '../../engine/world.ts';
import { placeOn, type RingPlace } from '../collectives/ring-places.ts';

export interface Copy {
  readonly index: number;
  readonly count: number;
}

export const ALONE: Copy = { index: 0, count: 1 };

/** The place of a node on the ring of the nodes of its rank in all copies. */
export function ringOfCopies(node: NodeId, { index, count }: Copy, ranks: number): RingPlace {
  const peers = Array.from({ length: count }, (_, copy) => copy * ranks + (node % ranks));
  return placeOn(peers, index);
}
