/** What one shard of a parameter server costs in operations and bytes (PROTOCOLS D). */
import { elementWise, type JobCosts } from '../../../costs/job-profiles.ts';
import { parameterCosts } from '../../../spec/parameter-costs.ts';
import type { TrainingSpec } from '../../../spec/training.ts';

export interface ShardCosts {
  readonly weightBytes: number;
  readonly gradientBytes: number;
  readonly optimizerBytes: number;
  /** Weights and optimizer. */
  readonly stateBytes: number;
  /** Its weights or its part of a gradient on the wire. */
  readonly wireBytes: number;
  /** Adding one push to the sum: an operation a parameter. */
  readonly add: JobCosts;
  /** One optimizer step: 2 + 2o operations a parameter; and one with a gradient that nobody has added to a sum. */
  readonly update: JobCosts;
  readonly addAndUpdate: JobCosts;
}

/** Of a shard of so many parameters. */
export function shardCosts(
  parameters: number,
  training: Pick<TrainingSpec, 'precision' | 'bytes' | 'optimizer'>,
): ShardCosts {
  const each = parameterCosts(training);
  const work = (flops: number, bytes: number): JobCosts => ({
    flops: flops * parameters,
    profile: elementWise(flops * parameters, bytes * parameters),
  });
  return {
    weightBytes: each.weightBytes * parameters,
    gradientBytes: each.gradientBytes * parameters,
    optimizerBytes: each.optimizerBytes * parameters,
    stateBytes: each.stateBytes * parameters,
    wireBytes: each.wireBytes * parameters,
    add: work(1, each.sumTraffic),
    update: work(each.updateFlops, each.updateTraffic),
    addAndUpdate: work(1 + each.updateFlops, each.sumTraffic + each.updateTraffic),
  };
}
