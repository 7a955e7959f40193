/** What the nodes of a ring say to each other in training (PROTOCOLS A.4, C), and what each costs on the wire. */
import type { Message } from '../../../engine/world.ts';
import type { FloatArray } from '../../learning/float-array.ts';
import type { SegmentState } from '../../learning/segment-state.ts';
import type { Addressed, StageMessage, SumMessage } from '../../pipeline/messages.ts';

/**
 * The start-up token. Where there are several rings it first goes round those who stand at the same place of each, one lap
 * to compare and one to tell of the slowest; then one lap collecting a record a place, and one spreading them all.
 */
export interface MeasureMessage extends Message {
  readonly kind: 'MEASURE';
  readonly lap: 'compare' | 'settle' | 'collect' | 'spread';
  /** One record, or room for a record a place of the ring; see node-records.ts. */
  readonly records: Float64Array;
}

/** The summed gradient of a position's iteration, for its replicas, handed on from successor to successor. */
export interface ReplicaGradientMessage extends Addressed {
  readonly kind: 'REPL_GRAD';
  /** The position that made the update. */
  readonly origin: number;
  readonly iteration: number;
  readonly gradient: FloatArray | null;
}

/** The whole state of a position as a view begins, for its replicas, handed on likewise. */
export interface ReplicaStateMessage extends Addressed {
  readonly kind: 'REPL_STATE';
  readonly origin: number;
  readonly version: number;
  readonly state: SegmentState | null;
}

/** The replica of the addressed position at position `holder` can serve that version. */
export interface ReplicaAckMessage extends Addressed {
  readonly kind: 'REPL_ACK';
  readonly holder: number;
  readonly version: number;
}

/** The part of an old position's state that a new owner needs. */
export interface TransferMessage extends Addressed {
  readonly kind: 'XFER';
  /** The position of the layout it comes from. */
  readonly source: number;
  readonly state: SegmentState | null;
}

/** Position `holder` has saved its state after that many steps. */
export interface CheckpointedMessage extends Addressed {
  readonly kind: 'CHECKPOINTED';
  readonly holder: number;
  readonly version: number;
}

/** What hosts have measured of themselves, by position as far as it has come; back at position 0 it is whole. */
export interface LoadMessage extends Addressed {
  readonly kind: 'LOAD';
  /** The update of position 0 after which it was sent. */
  readonly version: number;
  /** Room for a record a position; see node-records.ts. */
  readonly records: Float64Array;
}

/** All that belongs to one view. */
export type TrainingMessage =
  | StageMessage
  | SumMessage
  | ReplicaGradientMessage
  | ReplicaStateMessage
  | ReplicaAckMessage
  | TransferMessage
  | CheckpointedMessage
  | LoadMessage;

export type RingMessage = MeasureMessage | TrainingMessage;

/** Payload of the MEASURE token, in bytes a record it carries. */
export const RECORD_BYTES = 24;
/** Payload of REPL_ACK and CHECKPOINTED, in bytes. */
export const ACK_BYTES = 16;
