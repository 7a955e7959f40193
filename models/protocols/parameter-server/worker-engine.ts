/** The engine of a worker, on which it computes the gradient of one share at a time with the weights that it has. */
import type { World } from '../../../engine/world.ts';
import { bothCosts, type JobCosts } from '../../costs/job-profiles.ts';
import type { WholeModelCosts } from '../../costs/whole-model-costs.ts';
import type { FloatArray } from '../../learning/float-array.ts';
import type { GradientLearner } from '../../learning/gradient-learner.ts';
import { type Share, shareOf } from '../../learning/shares.ts';
import { NOTES, type WastedNote } from '../../spec/notes.ts';
import { ParameterServerJob } from './jobs.ts';
import type { MemberSettings } from './member.ts';
import type { PullReply } from './messages.ts';
import type { WorkItem } from './work-item.ts';
import type { WorkerPass, WorkerPasses } from './worker-passes.ts';
import { nothing } from './nothing.ts';
import type { Gradient } from './recovery/work-in-hand.ts';

export interface WorkerEngineSettings extends MemberSettings {
  /** Null where the gradient of a share is one job. */
  readonly passes: WorkerPasses | null;
  readonly costs: WholeModelCosts;
  /** What a step costs by which a worker sees its own gradient before any server tells; null: it makes none. */
  readonly ownStep: JobCosts | null;
}

export class WorkerEngine {
  private readonly world: World;
  private readonly settings: WorkerEngineSettings;
  /** Null under `numerics: 'cost'`. */
  private readonly learner: GradientLearner | null;
  isBusy = false;
  /** Nobody takes what it is at any more. */
  private isVoid = false;
  /** What it is at: plain numbers, for there are many workers, and references would be looked after by the collector. */
  private iteration = 0;
  private share = 0;
  private version = 0;
  /** Steps of its own in its weights, since the first shard's came. */
  private ownSteps = 0;
  private activationBytes = 0;
  /** What is next, -1 for nothing, and what comes after that. */
  private nextIteration = -1;
  private nextShare = -1;
  private further: readonly WorkItem[] = [];
  /** What it has made where servers multiply. */
  private terms: FloatArray | null = null;
  /** Where it takes several jobs: all of them, and how many have ended. */
  private passes: readonly WorkerPass[] | null = null;
  private passesEnded = 0;

  constructor(world: World, settings: WorkerEngineSettings, learner: GradientLearner | null) {
    this.world = world;
    this.settings = settings;
    this.learner = learner;
  }

  /** What it is at, where somebody takes it. */
  get wanted(): WorkItem | null {
    const { isBusy, isVoid, iteration, share } = this;
    return isBusy && !isVoid ? { iteration, share } : null;
  }

  /** Takes a shard's weights. */
  load(weights: FloatArray, shard: number): void {
    const { layout, costs } = this.settings;
    for (const [low, run] of layout.runsOf(weights, shard, costs.parameters))
      this.learner?.load(run, low);
  }

  /** The first shard's part of its weights is as that shard has it. */
  loaded(): void {
    this.ownSteps = 0;
  }

  /** This is to be computed, in place of what was. */
  give({ iteration, share, further }: Pick<PullReply, 'iteration' | 'share' | 'further'>): void {
    this.nextIteration = iteration;
    this.nextShare = share;
    this.further = further;
  }

  get hasWork(): boolean {
    return this.nextIteration >= 0;
  }

  /** Begins with what is next. */
  computeNext(epoch: number, version: number): void {
    const { nextIteration: iteration, nextShare: share, further } = this;
    this.nextIteration = -1;
    if (further.length > 0) this.give({ ...further[0], further: further.slice(1) });
    this.compute(iteration, share, epoch, version);
  }

  /** Begins with a share, in that view and with weights of so many updates. */
  compute(iteration: number, share: number, epoch: number, version: number): void {
    const { world, learner } = this;
    this.isBusy = true;
    this.isVoid = false;
    this.iteration = iteration;
    this.share = share;
    this.version = version + this.ownSteps;
    const { costs, training, layout } = this.settings;
    const count = layout.samplesIn(training.batch, { iteration, share });
    if (this.settings.passes !== null) {
      this.passes = this.settings.passes.of(count);
      this.passesEnded = 0;
      // The first micro-batch is as large as any.
      this.activationBytes = this.passes[0].samples * costs.activationBytesPerSample;
      world.hold('activations', this.activationBytes);
      return this.computePass(epoch, version);
    }
    this.activationBytes = count * costs.activationBytesPerSample;
    world.hold('activations', this.activationBytes);
    const jobCosts = this.settings.terms?.passes(count, costs) ?? costs.gradient(count);
    const task = { iteration, version, worker: share, epoch };
    const run = learner === null ? nothing : this.numbersOfAll(learner);
    world.compute(new ParameterServerJob('gradient', this.withStep(jobCosts), task, run));
  }

  /**
   * The job is over, and another must follow before the gradient is whole: the parameters whose part of it is complete,
   * null where there are none. Undefined where no other follows.
   */
  passEnded(): Share | null | undefined {
    const { passes, isVoid } = this;
    if (passes === null) return undefined;
    const { ready } = passes[this.passesEnded++];
    return isVoid || this.passesEnded === passes.length ? undefined : ready;
  }

  /** The next job of the gradient. */
  computePass(epoch: number, version: number): void {
    const { iteration, share, passes, passesEnded: at, settings } = this;
    const hasStep = settings.passes!.steps || at === passes!.length - 1;
    const task = { iteration, version, worker: share, epoch, part: at };
    const jobCosts = hasStep ? this.withStep(passes![at]) : passes![at];
    this.world.compute(new ParameterServerJob('gradient', jobCosts, task, this.numbersOf(at)));
  }

  /** What a job computes that makes the whole gradient, or what servers make it of. */
  private numbersOfAll(learner: GradientLearner): () => void {
    const { iteration, share, settings } = this;
    const samples = settings.layout.samplesOf(settings.training.batch, { iteration, share });
    if (settings.terms === null) return () => learner.computeGradient(iteration, samples);
    return () => void (this.terms = learner.computeTerms(iteration, samples));
  }

  /** What a pass computes: its part, where the worker steps between them; else all is made in the last. */
  private numbersOf(at: number): () => void {
    const { learner, iteration, share, passes, settings } = this;
    const { layout, training } = settings;
    if (learner === null) return nothing;
    const { low, high } = layout.samplesOf(training.batch, { iteration, share });
    if (settings.passes!.steps) {
      const part = shareOf(high - low, passes!.length, at);
      const samples = { low: low + part.low, high: low + part.high };
      return () => learner.accrueGradient(iteration, samples);
    }
    return at === passes!.length - 1
      ? () => learner.computeGradient(iteration, { low, high })
      : nothing;
  }

  /** A job that ends with the worker's own step. */
  private withStep(costs: JobCosts): JobCosts {
    const { ownStep } = this.settings;
    return ownStep === null ? costs : bothCosts(costs, ownStep);
  }

  /** The job is over. What it has made; null where nobody takes it. */
  ended(): Gradient | null {
    const { world, learner, isVoid, iteration, share, version } = this;
    this.isBusy = false;
    world.release('activations', this.activationBytes);
    const hasStepped = this.settings.ownStep !== null;
    if (hasStepped) this.ownSteps++;
    const gradient = this.terms ?? learner?.takeGradient(hasStepped) ?? null;
    this.terms = null;
    if (isVoid) return null;
    return { iteration, share, gradient, lossSum: learner?.lossSum ?? null, version };
  }

  /** Nobody takes what it is at unless that is wanted. */
  keepOnly(isWanted: (item: WorkItem) => boolean): void {
    const { wanted, world } = this;
    if (wanted === null || isWanted(wanted)) return;
    this.isVoid = true;
    const wasted: WastedNote = { node: world.self, step: wanted.iteration };
    world.note(NOTES.wasted, wasted);
  }
}
