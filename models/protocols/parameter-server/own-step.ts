/**
 * A worker's own steps, by which it sees its gradients before any server tells, and the steps of the servers that go with
 * them. They are plain: a worker has no optimizer.
 */
import { bothCosts, elementWise, type JobCosts } from '../../costs/job-profiles.ts';
import { parameterCosts } from '../../spec/parameter-costs.ts';
import type { TrainingSpec } from '../../spec/training.ts';
import { slackOf, type ServerOptions } from './options.ts';

const ADAGRAD = { kind: 'adagrad', epsilon: 1e-8 } as const;

/** What such a step costs, with the addition to what is accrued where several go into a push; null where there are none. */
export function ownStepCosts(
  parameters: number,
  training: TrainingSpec,
  options: ServerOptions,
): JobCosts | null {
  const { downpour } = options;
  const push = downpour?.push ?? 1;
  if ((slackOf(options) ?? 0) === 0 && (downpour?.fetch ?? 1) === 1) return null;
  const each = parameterCosts({ ...training, optimizer: { kind: 'sgd' } });
  const work = (flops: number, bytes: number): JobCosts => ({
    flops: flops * parameters,
    profile: elementWise(flops * parameters, bytes * parameters),
  });
  const step = work(each.updateFlops, each.updateTraffic);
  return push === 1 ? step : bothCosts(step, work(1, each.sumTraffic));
}

/** How the servers step. */
export function serverTraining(training: TrainingSpec, { downpour }: ServerOptions): TrainingSpec {
  return downpour?.adagrad ? { ...training, optimizer: ADAGRAD } : training;
}
