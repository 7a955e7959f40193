/**
 * The node that trains alone: the gradient of the whole batch in one pass, then the update, in canonical order; or the
 * gradients of its shares one after the other, to be the oracle of workers whose gradients are added. It knows no
 * micro-batches, so that it is an oracle for those who do. After a crash it goes on from its last checkpoint, or from the
 * beginning where there is none.
 */
import type { Job, Node, World } from '../../../engine/world.ts';
import { gatherFeatures, gatherLabels } from '../../learning/batch.ts';
import { allocate } from '../../learning/float-array.ts';
import { softmaxCrossEntropy } from '../../learning/loss.ts';
import { SampleOrder } from '../../learning/sample-order.ts';
import { Segment } from '../../learning/segment.ts';
import { copyState, type SegmentState } from '../../learning/segment-state.ts';
import { shareOf } from '../../learning/shares.ts';
import type { DataSplit } from '../../spec/data.ts';
import type { ModelLine } from '../../costs/line.ts';
import { type LostNote, NOTES, publishes, type RecoveredNote } from '../../spec/notes.ts';
import type { Assignment } from '../../spec/assignment.ts';
import { CheckpointKeeper } from '../../replication/checkpoint-keeper.ts';
import { savesCheckpoint } from '../../replication/checkpoints.ts';
import { elementBytes, OPTIMIZER_SLOTS } from '../../spec/training.ts';

type Phase = 'new' | 'restarting' | 'gradient' | 'update' | 'finished';

/** A task of the trainer, with what tests and traces want to know of it. */
interface SequentialJob extends Job {
  readonly pass: 'gradient' | 'update';
  readonly iteration: number;
  readonly version: number;
}

/** The tensors; absent under `numerics: 'cost'`. */
interface Learner {
  readonly segment: Segment;
  readonly order: SampleOrder;
  readonly data: DataSplit;
}

/** What a checkpoint says. */
interface SavedState {
  readonly version: number;
  /** Null under `numerics: 'cost'`. */
  readonly weights: SegmentState | null;
}

/** Going on from that state, or from the weights of the seed. */
function learnerOf(
  { seed, model, training, data }: Assignment,
  weights: SegmentState | null,
): Learner | null {
  if (training.numerics === 'cost' || model.kind !== 'mlp' || data === null) return null;
  const high = model.layers.slice(1).reduce((sum, width) => sum + width, 0);
  const segment = new Segment({
    ...{ ...training, model, seed, low: 0, high },
    state: weights ?? undefined,
  });
  return { segment, order: new SampleOrder(seed, data.train.labels.length), data };
}

export class SequentialNode implements Node {
  phase: Phase = 'new';
  private readonly world: World;
  private readonly assignment: Assignment;
  private readonly line: ModelLine;
  private readonly shares: number;
  /** Null where nothing can fail, or the scenario asks for no checkpoints. */
  private readonly keeper: CheckpointKeeper<SavedState> | null;
  private learner: Learner | null = null;
  private version = 0;
  private lossSum = 0;
  private activationBytes = 0;

  constructor(world: World, assignment: Assignment, line: ModelLine, shares: number) {
    this.world = world;
    this.assignment = assignment;
    this.line = line;
    this.shares = shares;
    const element = elementBytes(assignment.training);
    const { parameters } = line;
    const slots = OPTIMIZER_SLOTS[assignment.training.optimizer.kind];
    const bytes = {
      vectorBytes: element * parameters,
      optimizerBytes: element * parameters * slots,
    };
    const keeps = assignment.detector !== null && assignment.checkpoint !== null;
    this.keeper = keeps ? new CheckpointKeeper(world, { parameters, ...bytes }) : null;
  }

  get finished(): boolean {
    return this.phase === 'finished';
  }

  start(): void {
    const { training } = this.assignment;
    const { blocks, layerInputs, parameters } = this.line;
    const element = elementBytes(training);
    const inputs = layerInputs.reduce((sum, elements) => sum + elements, 0);
    const kept = blocks.reduce((sum, block) => sum + block.keptElements, 0);
    this.world.hold('weights', element * parameters);
    this.world.hold('gradients', element * parameters);
    if (this.shares > 1) this.world.hold('gradient sum', element * parameters);
    this.world.hold('optimizer', element * parameters * OPTIMIZER_SLOTS[training.optimizer.kind]);
    this.activationBytes = element * training.batch * (inputs + kept);
    this.world.hold('activations', this.activationBytes);
    if (this.world.incarnation === 0) this.begin(null);
    else this.restart();
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

  saved(name: string, isNewest: boolean): void {
    this.keeper?.saved(name, isNewest);
  }

  loaded(name: string, value: object | null): void {
    const found = this.keeper?.loaded(name, value) ?? null;
    if (found !== null) this.goOn(found === 'nothing' ? null : found);
  }

  waitsFor(): string {
    return this.phase === 'restarting' ? 'the last checkpoint' : 'nothing';
  }

  private begin(saved: SavedState | null): void {
    this.version = saved?.version ?? 0;
    this.learner = learnerOf(this.assignment, saved?.weights ?? null);
    this.next();
  }

  /** The weights were in the memory that is lost. */
  private restart(): void {
    this.phase = 'restarting';
    const parameters = [[0, this.line.parameters]] as const;
    const lost: LostNote = { parameters, why: 'the only trainer has lost its memory' };
    this.world.note(NOTES.lost, lost);
    if (this.keeper === null) this.goOn(null);
    else this.keeper.load();
  }

  /** What an earlier life did beyond that state is done again. */
  private goOn(saved: SavedState | null): void {
    const { self, incarnation: epoch } = this.world;
    const version = saved?.version ?? 0;
    this.world.disown(version, self);
    const members = [self];
    const recovered: RecoveredNote = {
      epoch,
      members,
      joined: members,
      version,
      from: 'checkpoint',
      untold: true,
    };
    this.world.note(NOTES.recovered, recovered);
    this.begin(saved);
  }

  private next(): void {
    if (this.version < this.assignment.training.iterations) return this.compute('gradient');
    this.phase = 'finished';
    this.world.release('activations', this.activationBytes);
  }

  private compute(pass: 'gradient' | 'update'): void {
    const { version } = this;
    this.phase = pass;
    const job: SequentialJob = {
      name: `${pass} ${version}`,
      flops: this.flops(pass),
      pass,
      iteration: version,
      version,
      step: version,
      run: () => {
        if (pass === 'gradient') this.addGradient(version);
        else this.learner?.segment.update();
      },
    };
    this.world.compute(job);
  }

  private flops(pass: 'gradient' | 'update'): number {
    const { training } = this.assignment;
    if (pass === 'update')
      return (2 + 2 * OPTIMIZER_SLOTS[training.optimizer.kind]) * this.line.parameters;
    const { blocks } = this.line;
    return (
      training.batch *
      blocks.reduce((sum, block) => sum + block.forwardFlops + block.backwardFlops, 0)
    );
  }

  private addGradient(iteration: number): void {
    if (this.learner === null) return;
    this.lossSum = 0;
    const { batch } = this.assignment.training;
    if (this.shares === 1) return this.addSamples(this.learner, iteration * batch, batch);
    const { gradients } = this.learner.segment;
    const sum = allocate(this.assignment.training.precision, gradients.length);
    for (let share = 0; share < this.shares; share++) {
      const { low, high } = shareOf(batch, this.shares, share);
      this.addSamples(this.learner, iteration * batch + low, high - low);
      for (let k = 0; k < sum.length; k++) sum[k] += gradients[k];
      gradients.fill(0);
    }
    gradients.set(sum);
  }

  /** Adds the gradient and the losses of so many samples of the run. */
  private addSamples({ segment, order, data }: Learner, first: number, samples: number): void {
    const { precision } = this.assignment.training;
    const indices = order.indices(first, samples);
    const inputs = gatherFeatures(data.train, indices, precision);
    const labels = gatherLabels(data.train, indices);
    const { outputs } = segment.forward(0, { samples, outputs: allocate(precision, 0), inputs });
    const loss = softmaxCrossEntropy(outputs, this.line.outputElements, samples, labels);
    this.lossSum += loss.lossSum;
    segment.backward(0, { samples, outputs: loss.gradient, inputs: null });
  }

  private updated(): void {
    const { training } = this.assignment;
    const { incarnation: epoch } = this.world;
    const iteration = this.version++;
    const loss = this.learner === null ? null : this.lossSum / training.batch;
    if (this.learner !== null && publishes(training, this.version)) {
      const { offset, parameters: values } = this.learner.segment;
      this.world.note(NOTES.weights, { version: this.version, offset, values, epoch });
    }
    const samples = this.version * training.batch;
    this.world.note(NOTES.iteration, { iteration, samples, loss, epoch });
    this.keep();
  }

  private keep(): void {
    const { assignment, keeper, learner, version } = this;
    const { checkpoint, training } = assignment;
    if (keeper === null || !savesCheckpoint(checkpoint, training.iterations, version)) return;
    const weights = learner === null ? null : copyState(learner.segment.state);
    keeper.save(this.world.incarnation, version, { version, weights });
  }
}
