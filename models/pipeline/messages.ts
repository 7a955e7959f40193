/** Messages between the stages of a pipeline (PROTOCOLS A.4), and their payloads beside the carry. */
import type { Message } from '../../engine/world.ts';
import type { Chunk } from '../collectives/ring-sum.ts';
import type { Task } from './stage/stage-job.ts';

/** Every training message names its epoch and the stage that it is for, by its number over all copies. */
export interface Addressed extends Message {
  readonly epoch: number;
  readonly to: number;
}

/**
 * Activations to the next stage (FWD) or gradients to the one before (BWD); no tensors under `numerics: 'cost'`. Where these
 * are of the same layer, FWD has its inputs and FWD_Y its outputs so far, BWD the gradient of those and DX the sum so far of
 * that of the inputs.
 */
interface CarryMessage extends Addressed, Task {
  readonly kind: 'FWD' | 'BWD' | 'FWD_Y' | 'DX';
}

/** The labels of a micro-batch, from the first stage to the last. */
interface LabelMessage extends Addressed, Task {
  readonly kind: 'LABEL';
}

/** The summed loss of a micro-batch, from the last stage to the first. */
interface LossMessage extends Addressed {
  readonly kind: 'LOSS';
  readonly iteration: number;
  readonly microBatch: number;
  readonly lossSum: number | null;
}

/** The receiver has begun one more of the sender's forwards. */
interface CreditMessage extends Addressed {
  readonly kind: 'CREDIT';
}

/** A chunk of the gradient of a stage, to the same stage of the next copy. */
export interface SumMessage extends Addressed, Chunk {
  readonly kind: 'SUM';
}

/** What a stage is told. */
export type StageMessage = CarryMessage | LabelMessage | LossMessage | CreditMessage;

export type PipelineMessage = StageMessage | SumMessage;

/** Payload of a label, in bytes a sample. */
export const LABEL_BYTES = 4;
/** Payload of a LOSS message, in bytes. */
export const LOSS_BYTES = 8;
