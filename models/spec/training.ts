/** The training work of a scenario, in SI units: what every protocol must do, however it divides it. */

export type OptimizerSpec =
  | { readonly kind: 'sgd' }
  | { readonly kind: 'momentum'; readonly momentum: number }
  | { readonly kind: 'adagrad'; readonly epsilon: number }
  | {
      readonly kind: 'adam';
      readonly beta1: number;
      readonly beta2: number;
      readonly epsilon: number;
    };

/** Optimizer slots a parameter: the `o` of PROTOCOLS section 0. */
export const OPTIMIZER_SLOTS = { sgd: 0, momentum: 1, adagrad: 1, adam: 2 } as const;

/** Bytes that one element of each kind takes. */
export interface ElementBytes {
  readonly weights: number;
  readonly gradients: number;
  /** Each optimizer slot. */
  readonly optimizer: number;
  /** The copy of the weights that the optimizer steps, where they are of a lower precision; 0: there is none. */
  readonly master: number;
  readonly activations: number;
  /** Weights, gradients and activations in a message. */
  readonly wire: number;
}

export interface TrainingSpec {
  /** Samples of one optimizer step over all nodes (B). */
  readonly batch: number;
  /** Micro-batches a batch is cut into (m); batch is divisible by it. */
  readonly microBatches: number;
  readonly iterations: number;
  readonly learningRate: number;
  readonly optimizer: OptimizerSpec;
  /** `exact` really trains; `cost` runs the same node logic without a single tensor. */
  readonly numerics: 'exact' | 'cost';
  /** Bits of an element, in memory, on the wire and in every sum. */
  readonly precision: 32 | 64;
  /** Under `numerics: 'cost'`: what elements take instead. */
  readonly bytes?: ElementBytes;
  /** Publish the weights every so many iterations, and after the last; 0: after the last only. */
  readonly evaluateEvery: number;
}

/** Bytes of an element of each kind: all are the `w` of PROTOCOLS section 0, unless the training says otherwise. */
export function bytesOf({
  precision,
  bytes,
}: Pick<TrainingSpec, 'precision' | 'bytes'>): ElementBytes {
  if (bytes !== undefined) return bytes;
  const each = precision / 8;
  return {
    ...{ weights: each, gradients: each, optimizer: each, master: 0 },
    ...{ activations: each, wire: each },
  };
}
