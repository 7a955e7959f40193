/** What nodes say to each other where weights go round the ring (PROTOCOLS A.7, rotation). */
import type { Message } from '../../../../engine/world.ts';
import type { FloatArray } from '../../../learning/float-array.ts';

/** Of a batch: all forwards come before all backwards. */
export type Half = 'forward' | 'backward';

/** The first node of a half asks the home of a block for it. */
export interface GetMessage extends Message {
  readonly kind: 'GET';
  readonly half: Half;
  readonly iteration: number;
  readonly block: number;
}

/** A block for a pass: its weights, and in the second half the sum of the gradients so far; null without numerics. */
export interface BlockMessage extends Message {
  readonly kind: 'BLOCK';
  readonly half: Half;
  readonly iteration: number;
  /** Times that it has gone round in this half. */
  readonly round: number;
  readonly block: number;
  readonly weights: FloatArray | null;
  readonly gradients: FloatArray | null;
}

/** The gradient of a batch comes home. */
export interface GradientMessage extends Message {
  readonly kind: 'GRADIENT';
  readonly iteration: number;
  readonly block: number;
  readonly gradients: FloatArray | null;
}

/** The summed loss of a micro-batch, for node 0. */
interface LossMessage extends Message {
  readonly kind: 'LOSS';
  readonly iteration: number;
  readonly microBatch: number;
  readonly lossSum: number | null;
}

export type RotationMessage = GetMessage | BlockMessage | GradientMessage | LossMessage;
