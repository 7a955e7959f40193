/**
 * What nodes tell observers, by name. Every protocol uses these, so that the training log, the screen and the
 * tests know a new protocol without a change.
 */

/** `note('iteration', ...)`: one optimizer step worth of `batch` samples is done. Sent by one node a protocol. */
export interface IterationNote {
  /** From 0. */
  readonly iteration: number;
  /** Samples consumed since the start of the run, this iteration included. */
  readonly samples: number;
  /** Mean training loss over the iteration's samples; null under `numerics: 'cost'`. */
  readonly loss: number | null;
}

/**
 * `note('weights', ...)`: a slice of the canonical parameter vector after `version` optimizer steps, sent by
 * whoever owns it, when `publishes(training, version)` says so. The slices of a version cover the vector once.
 */
export interface WeightsNote {
  readonly version: number;
  readonly offset: number;
  /** Borrowed: copy it. */
  readonly values: Float32Array | Float64Array;
}

/** `note('staleness', n)`: a gradient was applied to weights n updates newer than those it was computed with. */
export const NOTES = {
  iteration: 'iteration',
  weights: 'weights',
  staleness: 'staleness',
} as const;

/** Whether the weights after that many steps are to be published. */
export function publishes(
  training: { numerics: 'exact' | 'cost'; iterations: number; evaluateEvery: number },
  version: number,
): boolean {
  if (training.numerics === 'cost' || version === 0) return false;
  if (version === training.iterations) return true;
  return training.evaluateEvery > 0 && version % training.evaluateEvery === 0;
}
