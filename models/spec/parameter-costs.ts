/**
 * What one parameter costs: bytes in memory and on the wire, operations and memory traffic of the work that is done
 * for each by itself. The only place that knows of precisions, optimizer slots and master copies.
 */
import { bytesOf, OPTIMIZER_SLOTS, type TrainingSpec } from './training.ts';

export interface ParameterCosts {
  readonly weightBytes: number;
  readonly gradientBytes: number;
  /** Optimizer slots, and the master copy of the weights where there is one. */
  readonly optimizerBytes: number;
  /** The weights before the newest step, where they belong to the state; else 0. */
  readonly earlierBytes: number;
  /** What outlives a step: weights, and optimizer. */
  readonly stateBytes: number;
  /** A weight or gradient in a message. */
  readonly wireBytes: number;
  /** One optimizer step, and what it reads and writes. */
  readonly updateFlops: number;
  readonly updateTraffic: number;
  /** What adding one gradient to another reads and writes; it is one operation. */
  readonly sumTraffic: number;
}

/** With `delays` gradients are computed with the weights of one step before: they belong to the state. */
export function parameterCosts(
  training: Pick<TrainingSpec, 'precision' | 'bytes' | 'optimizer'>,
  delays = false,
): ParameterCosts {
  const { weights, gradients, optimizer, master, wire } = bytesOf(training);
  const slots = OPTIMIZER_SLOTS[training.optimizer.kind];
  const optimizerBytes = master + slots * optimizer;
  const earlierBytes = delays ? weights : 0;
  return {
    weightBytes: weights,
    gradientBytes: gradients,
    optimizerBytes,
    earlierBytes,
    stateBytes: weights + earlierBytes + optimizerBytes,
    wireBytes: wire,
    updateFlops: 2 + 2 * slots,
    // With a master copy the weights are only written: they are made of it.
    updateTraffic: gradients + (master > 0 ? weights : 2 * weights) + 2 * optimizerBytes,
    sumTraffic: 3 * gradients,
  };
}
