/**
 * The node that trains alone: the gradient of the whole batch, then the update, in canonical order.
 */
import type { Job, Node, World } from '../../../engine/world.ts';
import type { ModelLine } from '../../costs/line.ts';
import type { SegmentState } from '../../learning/segment-state.ts';
import { NOTES, publishes } from '../../spec/notes.ts';
import type { Assignment } from '../../spec/assignment.ts';
import type { Beginning, Keep } from '../../restart/terms.ts';
import { wholeModelCosts, type WholeModelCosts } from '../../costs/whole-model-costs.ts';
import { type SequentialLearner, sequentialLearner, type Sums } from './sequential-learner.ts';

type Phase = 'new' | 'gradient' | 'update' | 'finished';

/** A job of the trainer, as tests and traces see it. */
interface SequentialJob extends Job {
  readonly pass: 'gradient' | 'update';
  readonly iteration: number;
  readonly version: number;
}

/** What is to be done. */
export interface SequentialWork {
  readonly assignment: Assignment;
  readonly line: ModelLine;
  readonly sums: Sums;
}

export class SequentialNode implements Node {
  phase: Phase = 'new';
  private readonly world: World;
  private readonly assignment: Assignment;
  private readonly costs: WholeModelCosts;
  private readonly sums: Sums;
  private readonly keep: Keep<SegmentState | null>;
  private readonly epoch: number;
  private readonly learner: SequentialLearner | null;
  private version: number;
  private activationBytes = 0;

  constructor(
    world: World,
    { assignment, line, sums }: SequentialWork,
    { epoch, version, state }: Beginning<SegmentState | null>,
    keep: Keep<SegmentState | null>,
  ) {
    this.world = world;
    this.assignment = assignment;
    this.costs = wholeModelCosts(line, assignment.training);
    this.sums = sums;
    this.keep = keep;
    this.epoch = epoch;
    this.version = version;
    this.learner = sequentialLearner(assignment, sums, state);
  }

  get finished(): boolean {
    return this.phase === 'finished';
  }

  start(): void {
    const { training } = this.assignment;
    const { weightBytes, gradientBytes, optimizerBytes, activationBytesPerSample } = this.costs;
    this.world.hold('weights', weightBytes);
    this.world.hold('gradients', gradientBytes);
    const { shares } = this.sums;
    // Sums in the order of the shares take one buffer.
    const apart = shares === 1 ? 0 : this.sums.order === 'round' ? shares : 1;
    if (apart > 0) this.world.hold('gradient sum', apart * gradientBytes);
    if (this.sums.delay > 0) this.world.hold('older weights', weightBytes);
    this.world.hold('optimizer', optimizerBytes);
    this.activationBytes = training.batch * activationBytesPerSample;
    this.world.hold('activations', this.activationBytes);
    this.next();
  }

  receive(): void {
    throw new Error('the trainer of seq-sgd got a message: nobody has reason to send one');
  }

  computed(): void {
    if (this.phase === 'gradient') this.compute('update');
    else {
      this.updated();
      this.next();
    }
  }

  woken(alarm: string): void {
    throw new Error(`the trainer of seq-sgd set no alarm, and '${alarm}' went off`);
  }

  waitsFor(): string {
    return 'nothing';
  }

  private next(): void {
    if (this.version < this.assignment.training.iterations) return this.compute('gradient');
    this.phase = 'finished';
    this.world.release('activations', this.activationBytes);
  }

  private compute(pass: 'gradient' | 'update'): void {
    const { epoch, version } = this;
    this.phase = pass;
    const job: SequentialJob = {
      name: `${pass} ${version}`,
      ...this.costsOf(pass),
      pass,
      iteration: version,
      version: pass === 'update' ? version : Math.max(0, version - this.sums.delay),
      step: version,
      epoch,
      run: () => {
        if (pass === 'gradient') this.learner?.addGradient(version);
        else this.learner?.segment.update();
      },
    };
    this.world.compute(job);
  }

  private costsOf(pass: 'gradient' | 'update'): Pick<Job, 'flops' | 'profile'> {
    const { batch } = this.assignment.training;
    const { costs } = this;
    return pass === 'update'
      ? { flops: costs.updateFlops, profile: costs.updateProfile }
      : costs.gradient(batch);
  }

  private updated(): void {
    const { epoch, learner, world } = this;
    const { training } = this.assignment;
    const iteration = this.version++;
    const loss = learner === null ? null : learner.lossSum / training.batch;
    if (learner !== null && publishes(training, this.version)) {
      const { offset, parameters: values } = learner.segment;
      world.note(NOTES.weights, { version: this.version, offset, values, epoch });
    }
    const samples = this.version * training.batch;
    world.note(NOTES.iteration, { iteration, samples, loss, epoch });
    this.keep(this.version, () => learner?.state ?? null);
  }
}
