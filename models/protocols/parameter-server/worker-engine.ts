/** The engine of a worker, on which it computes the gradient of one share at a time with the weights that it has. */
import type { World } from '../../../engine/world.ts';
import type { WholeModelCosts } from '../../costs/whole-model-costs.ts';
import type { FloatArray } from '../../learning/float-array.ts';
import type { GradientLearner } from '../../learning/gradient-learner.ts';
import { shareOf } from '../../learning/shares.ts';
import type { ParameterServerJob } from './jobs.ts';
import type { MemberSettings } from './member.ts';
import type { WorkItem } from './messages.ts';
import { nothing } from './nothing.ts';
import type { Gradient } from './recovery/work-in-hand.ts';

interface WorkerEngineSettings extends MemberSettings {
  readonly costs: WholeModelCosts;
}

export class WorkerEngine {
  private readonly world: World;
  private readonly settings: WorkerEngineSettings;
  /** Null under `numerics: 'cost'`. */
  private readonly learner: GradientLearner | null;
  /** Of the share that is computed. */
  private activationBytes = 0;

  constructor(world: World, settings: WorkerEngineSettings, learner: GradientLearner | null) {
    this.world = world;
    this.settings = settings;
    this.learner = learner;
  }

  /** Takes a shard's weights. */
  load(weights: FloatArray, shard: number): void {
    const { layout, costs } = this.settings;
    this.learner?.load(weights, layout.rangeOf(shard, costs.parameters).low);
  }

  /** Begins with a share, in that view and with weights of so many updates. */
  compute({ iteration, share }: WorkItem, epoch: number, version: number): void {
    const { world, learner } = this;
    const { costs, training, layout } = this.settings;
    const samples = shareOf(training.batch, layout.workers, share);
    const count = samples.high - samples.low;
    this.activationBytes = count * costs.activationBytesPerSample;
    world.hold('activations', this.activationBytes);
    const job: ParameterServerJob = {
      name: `gradient ${iteration}/${share}`,
      flops: costs.gradientFlops(count),
      profile: costs.gradientProfile(count),
      run: learner === null ? nothing : () => learner.computeGradient(iteration, samples),
      step: iteration,
      epoch,
      pass: 'gradient',
      iteration,
      version,
      worker: share,
    };
    world.compute(job);
  }

  /** The job is over. What it has made. */
  ended(): Pick<Gradient, 'gradient' | 'lossSum'> {
    const { world, learner } = this;
    world.release('activations', this.activationBytes);
    return { gradient: learner?.takeGradient() ?? null, lossSum: learner?.lossSum ?? null };
  }
}
