/** What the nodes of a ring say to each other (PROTOCOLS A.4), and what each costs on the wire. */
import type { Message } from '../../../engine/world.ts';
import type { Carry } from '../../learning/carry.ts';

/** The start-up token: one lap collecting a record a node, one lap spreading them all. */
export interface MeasureMessage extends Message {
  readonly kind: 'MEASURE';
  readonly lap: 'collect' | 'spread';
  /** Room for a record a node, in ring order; see measurement.ts. */
  readonly records: Float64Array;
}

/** Activations clockwise (FWD) or gradients counter-clockwise (BWD); no tensors under `numerics: 'cost'`. */
export interface CarryMessage extends Message {
  readonly kind: 'FWD' | 'BWD';
  readonly iteration: number;
  readonly microBatch: number;
  readonly carry: Carry | null;
}

/** The labels of a micro-batch, from position 0 to the last over the closing edge. */
export interface LabelMessage extends Message {
  readonly kind: 'LABEL';
  readonly iteration: number;
  readonly microBatch: number;
  readonly labels: Uint8Array | null;
}

/** The summed loss of a micro-batch, from the last position to position 0 over the closing edge. */
export interface LossMessage extends Message {
  readonly kind: 'LOSS';
  readonly iteration: number;
  readonly microBatch: number;
  readonly lossSum: number | null;
}

/** The receiver has begun one more of the sender's forwards. */
export interface CreditMessage extends Message {
  readonly kind: 'CREDIT';
}

export type RingMessage =
  MeasureMessage | CarryMessage | LabelMessage | LossMessage | CreditMessage;

/** Payload of a label, in bytes a sample. */
export const LABEL_BYTES = 4;
/** Payload of a LOSS message, in bytes. */
export const LOSS_BYTES = 8;
/** Payload of the MEASURE token, in bytes a record it carries. */
export const RECORD_BYTES = 24;
