/** What the nodes of a ring say to each other in training (PROTOCOLS A.4, C), and what each costs on the wire. */
import type { Message } from '../../../engine/world.ts';
import type { Carry } from '../../learning/carry.ts';
import type { FloatArray } from '../../learning/float-array.ts';
import type { SegmentState } from '../../learning/segment-state.ts';

/** The start-up token: one lap collecting a record a node, one lap spreading them all. */
export interface MeasureMessage extends Message {
  readonly kind: 'MEASURE';
  readonly lap: 'collect' | 'spread';
  /** Room for a record a node, in ring order; see measurement.ts. */
  readonly records: Float64Array;
}

/** What every message of training says: the view it belongs to, and the position it is for. */
interface Addressed extends Message {
  readonly epoch: number;
  readonly to: number;
}

/** Activations clockwise (FWD) or gradients counter-clockwise (BWD); no tensors under `numerics: 'cost'`. */
export interface CarryMessage extends Addressed {
  readonly kind: 'FWD' | 'BWD';
  readonly iteration: number;
  readonly microBatch: number;
  readonly carry: Carry | null;
}

/** The labels of a micro-batch, from position 0 to the last over the closing edge. */
export interface LabelMessage extends Addressed {
  readonly kind: 'LABEL';
  readonly iteration: number;
  readonly microBatch: number;
  readonly labels: Uint8Array | null;
}

/** The summed loss of a micro-batch, from the last position to position 0 over the closing edge. */
export interface LossMessage extends Addressed {
  readonly kind: 'LOSS';
  readonly iteration: number;
  readonly microBatch: number;
  readonly lossSum: number | null;
}

/** The receiver has begun one more of the sender's forwards. */
export interface CreditMessage extends Addressed {
  readonly kind: 'CREDIT';
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

/** All that belongs to one view. */
export type TrainingMessage =
  | CarryMessage
  | LabelMessage
  | LossMessage
  | CreditMessage
  | ReplicaGradientMessage
  | ReplicaStateMessage
  | ReplicaAckMessage
  | TransferMessage
  | CheckpointedMessage;

export type RingMessage = MeasureMessage | TrainingMessage;

/** Payload of a label, in bytes a sample. */
export const LABEL_BYTES = 4;
/** Payload of a LOSS message, in bytes. */
export const LOSS_BYTES = 8;
/** Payload of the MEASURE token, in bytes a record it carries. */
export const RECORD_BYTES = 24;
/** Payload of REPL_ACK and CHECKPOINTED, in bytes. */
export const ACK_BYTES = 16;
