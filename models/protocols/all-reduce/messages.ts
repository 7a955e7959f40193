/** What nodes say to each other beside membership. */
import type { Message } from '../../../engine/world.ts';
import type { Chunk } from '../../collectives/ring-sum.ts';
import type { SegmentState } from '../../learning/segment-state.ts';

/** A chunk of a sum, to the next node on a ring. */
export interface ChunkMessage extends Message, Chunk {
  readonly kind: 'CHUNK';
  readonly epoch: number;
  readonly bucket: number;
}

/** The state that a view goes on from, to a member that lacks it. */
export interface StateMessage extends Message {
  readonly kind: 'STATE';
  readonly epoch: number;
  /** Null under `numerics: 'cost'`. */
  readonly state: SegmentState | null;
  /** Of the last iteration in it, over all nodes; null under `numerics: 'cost'`. */
  readonly lossSum: number | null;
}

export type TrainingMessage = ChunkMessage | StateMessage;

/** Payload of a STATE message beside the vectors. */
export const STATE_HEAD_BYTES = 24;
