/**
 * A worker of local SGD: it makes some steps alone, then averages its weights with all others and goes on from the mean,
 * or from an outer step towards it, which all make alike. Node 0 notes iterations, once a round: only then do all weights
 * agree.
 */
import type { Job, JobProfile, Node, NodeId, World } from '../../../engine/world.ts';
import { type MeanMessage, PairwiseMean } from '../../collectives/pairwise-mean.ts';
import { elementWise } from '../../costs/job-profiles.ts';
import type { WholeModelCosts } from '../../costs/whole-model-costs.ts';
import { type IterationNote, NOTES, publishes, type WeightsNote } from '../../spec/notes.ts';
import { bytesOf, type TrainingSpec } from '../../spec/training.ts';
import type { LocalLearner } from './local-learner.ts';

interface LocalSgdSettings {
  readonly workers: number;
  readonly localSteps: number;
  readonly outer: 'average' | 'nesterov';
  /** Samples of each batch that this worker trains on. */
  readonly samples: number;
  readonly training: TrainingSpec;
  readonly costs: WholeModelCosts;
  /** Null under `numerics: 'cost'`. */
  readonly learner: LocalLearner | null;
}

/** A local step, as claims and traces see it. */
interface StepJob extends Job {
  readonly iteration: number;
}

export class LocalSgdNode implements Node<MeanMessage> {
  phase: 'new' | 'training' | 'averaging' | 'stepping' | 'finished' = 'new';
  private readonly mean: PairwiseMean;
  /** Steps made, and their number when this round began. */
  private version = 0;
  private roundStart = 0;

  constructor(
    private readonly world: World<MeanMessage>,
    private readonly settings: LocalSgdSettings,
  ) {
    this.mean = new PairwiseMean(world, settings.workers, bytesOf(settings.training));
  }

  get finished(): boolean {
    return this.phase === 'finished';
  }

  start(): void {
    const { costs, localSteps, outer, training } = this.settings;
    this.world.hold('weights', costs.weightBytes);
    this.world.hold('losses', bytesOf(training).weights * localSteps);
    this.world.hold('gradients', costs.gradientBytes);
    this.world.hold('optimizer', costs.optimizerBytes);
    // The weights that a round began with, and the velocity.
    if (outer === 'nesterov') this.world.hold('outer step', 2 * costs.weightBytes);
    this.world.hold('activations', this.activationBytes);
    this.becomeTraining();
  }

  /** Other workers may be a round ahead: their messages are kept until then. */
  receive(message: MeanMessage, from: NodeId): void {
    this.mean.receive(message, from);
    this.endRoundOnceAveraged();
  }

  computed(): void {
    if (this.phase === 'stepping') return this.endRound();
    if (this.phase === 'averaging') {
      this.mean.computed();
      return this.endRoundOnceAveraged();
    }
    const { localSteps, training } = this.settings;
    this.version++;
    const isLast = this.version === training.iterations;
    if (isLast || this.version - this.roundStart === localSteps) this.becomeAveraging();
    else this.becomeTraining();
  }

  woken(alarm: string): void {
    throw new Error(`a worker of local-sgd sets no alarm, and '${alarm}' went off`);
  }

  waitsFor(): string {
    return `the mean of the weights after ${this.version} steps`;
  }

  /** Of a gradient and an update in one job. */
  private get profile(): JobProfile {
    const { costs, samples } = this.settings;
    const { overheadNs } = costs.gradient(samples).profile;
    return { ...costs.updateProfile, overheadNs, samples };
  }

  private get activationBytes(): number {
    return this.settings.samples * this.settings.costs.activationBytesPerSample;
  }

  private becomeTraining(): void {
    this.phase = 'training';
    const { costs, learner, samples } = this.settings;
    const iteration = this.version;
    const index = iteration - this.roundStart;
    const job: StepJob = {
      name: `step ${iteration}`,
      flops: costs.gradient(samples).flops + costs.updateFlops,
      profile: this.profile,
      run: () => learner?.step(iteration, index),
      iteration,
    };
    this.world.compute(job);
  }

  private becomeAveraging(): void {
    this.phase = 'averaging';
    const { costs, learner } = this.settings;
    const length = costs.parameters + this.version - this.roundStart;
    this.mean.begin(learner?.vector ?? null, length);
  }

  private endRoundOnceAveraged(): void {
    if (this.phase !== 'averaging' || !this.mean.isDone) return;
    if (this.settings.outer === 'nesterov') this.becomeStepping();
    else this.endRound();
  }

  private becomeStepping(): void {
    this.phase = 'stepping';
    const { costs, learner } = this.settings;
    const flops = 6 * costs.parameters;
    // It reads and writes the mean, the weights before and the velocity.
    const profile = elementWise(flops, 6 * costs.weightBytes);
    this.world.compute({ name: 'outer step', flops, profile, run: () => learner?.outerStep() });
  }

  private endRound(): void {
    if (this.world.self === 0) this.note();
    this.roundStart = this.version;
    if (this.version < this.settings.training.iterations) return this.becomeTraining();
    this.phase = 'finished';
    this.world.release('activations', this.activationBytes);
  }

  /** Weights due within a round are published at its end. */
  private note(): void {
    const { learner, training, workers } = this.settings;
    const { version, roundStart } = this;
    const steps = Array.from({ length: version - roundStart }, (_, index) => index);
    if (learner !== null && steps.some((index) => publishes(training, roundStart + index + 1))) {
      const weights: WeightsNote = { version, offset: 0, values: learner.weights };
      this.world.note(NOTES.weights, weights);
    }
    for (const index of steps) {
      const iteration = roundStart + index;
      const lossSum = learner && workers * learner.vector[learner.weights.length + index];
      const loss = lossSum === null ? null : lossSum / training.batch;
      const samples = (iteration + 1) * training.batch;
      const note: IterationNote = { iteration, samples, loss };
      this.world.note(NOTES.iteration, note);
    }
  }
}
