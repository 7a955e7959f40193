/**
 * Epochs: the numbers that order all attempts of all nodes to agree on who goes on. Each names its initiator, so that
 * no two attempts share one. Compared with `<`, and sent as one number.
 */
import type { NodeId } from '../../engine/world.ts';

/** More than the highest node number; rounds up to 2^33 keep the whole exact. */
const INITIATORS = 2 ** 20;

/** Rounds that one life of a node does not use up: leaves 2^16 lives, of all nodes together. */
const ROUNDS_A_LIFE = 2 ** 17;

/**
 * A life of a node begins its epochs above this: it has forgotten those of the lives before, and where all nodes have,
 * nobody could tell it of them.
 */
export function firstEpochOf(life: number): number {
  return life * ROUNDS_A_LIFE * INITIATORS;
}

/** Who began the attempt of that epoch. */
export function initiatorOf(epoch: number): NodeId {
  return epoch % INITIATORS;
}

/** The least epoch of that initiator that lies above `after`. */
export function nextEpoch(after: number, initiator: NodeId): number {
  const round = Math.floor(after / INITIATORS);
  const sameRound = round * INITIATORS + initiator;
  return sameRound > after ? sameRound : sameRound + INITIATORS;
}
