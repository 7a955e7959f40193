/** The training work of a scenario, in SI units: what every protocol must do, however it divides it. */

export type OptimizerSpec =
  | { readonly kind: 'sgd' }
  | { readonly kind: 'momentum'; readonly momentum: number }
  | {
      readonly kind: 'adam';
      readonly beta1: number;
      readonly beta2: number;
      readonly epsilon: number;
    };

/** Optimizer slots a parameter: the `o` of PROTOCOLS section 0. */
export const OPTIMIZER_SLOTS = { sgd: 0, momentum: 1, adam: 2 } as const;

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
  /** Publish the weights every so many iterations, and after the last; 0: after the last only. */
  readonly evaluateEvery: number;
}

/** Bytes of one element: the `w` of PROTOCOLS section 0. */
export function elementBytes(training: Pick<TrainingSpec, 'precision'>): number {
  return training.precision / 8;
}
