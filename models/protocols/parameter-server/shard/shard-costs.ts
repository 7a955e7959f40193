/** What one shard of a parameter server costs in operations and bytes (PROTOCOLS D). */
import { elementBytes, OPTIMIZER_SLOTS, type TrainingSpec } from '../../../spec/training.ts';
import type { ParameterRange } from '../../../spec/model.ts';

export interface ShardCosts {
  /** A gradient or the weights of the shard, in memory and on the wire. */
  readonly vectorBytes: number;
  readonly optimizerBytes: number;
  /** Adding one push to the sum: an operation a parameter. */
  readonly addFlops: number;
  /** One optimizer step: 2 + 2o operations a parameter. */
  readonly updateFlops: number;
}

export function shardCosts(
  { low, high }: ParameterRange,
  training: Pick<TrainingSpec, 'precision' | 'optimizer'>,
): ShardCosts {
  const slots = OPTIMIZER_SLOTS[training.optimizer.kind];
  const vectorBytes = elementBytes(training) * (high - low);
  return {
    vectorBytes,
    optimizerBytes: slots * vectorBytes,
    addFlops: high - low,
    updateFlops: (2 + 2 * slots) * (high - low),
  };
}
