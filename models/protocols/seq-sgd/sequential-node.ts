/**
 * The node that trains alone: the gradient of the whole batch, then the update, in canonical order. After a crash it goes
 * on from its last checkpoint, or from the beginning where there is none.
 */
import type { Job, Node, World } from '../../../engine/world.ts';
import type { ModelLine } from '../../costs/line.ts';
import type { SegmentState } from '../../learning/segment-state.ts';
import { type LostNote, NOTES, publishes, type RecoveredNote } from '../../spec/notes.ts';
import type { Assignment } from '../../spec/assignment.ts';
import { CheckpointKeeper } from '../../replication/checkpoint-keeper.ts';
import { savesCheckpoint } from '../../replication/checkpoints.ts';
import { elementBytes, OPTIMIZER_SLOTS } from '../../spec/training.ts';
import { SequentialLearner, sequentialLearner } from './sequential-learner.ts';

type Phase = 'new' | 'restarting' | 'gradient' | 'update' | 'finished';

/** A job of the trainer, as tests and traces see it. */
interface SequentialJob extends Job {
  readonly pass: 'gradient' | 'update';
  readonly iteration: number;
  readonly version: number;
}

/** The content of a checkpoint. */
interface SavedState {
  readonly version: number;
  /** Null under `numerics: 'cost'`. */
  readonly weights: SegmentState | null;
}

export class SequentialNode implements Node {
  phase: Phase = 'new';
  private readonly world: World;
  private readonly assignment: Assignment;
  private readonly line: ModelLine;
  private readonly shares: number;
  /** Null where nothing can fail, or the scenario asks for no checkpoints. */
  private readonly keeper: CheckpointKeeper<SavedState> | null;
  private learner: SequentialLearner | null = null;
  private version = 0;
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
    this.learner = sequentialLearner(this.assignment, this.shares, saved?.weights ?? null);
    this.next();
  }

  /** The weights were in the lost memory. */
  private restart(): void {
    this.phase = 'restarting';
    const parameters = [[0, this.line.parameters]] as const;
    const lost: LostNote = { parameters, why: 'the only trainer has lost its memory' };
    this.world.note(NOTES.lost, lost);
    if (this.keeper === null) this.goOn(null);
    else this.keeper.load();
  }

  /** What the earlier incarnation did beyond that state is done again. */
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
        if (pass === 'gradient') this.learner?.addGradient(version);
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

  private updated(): void {
    const { training } = this.assignment;
    const { incarnation: epoch } = this.world;
    const iteration = this.version++;
    const loss = this.learner === null ? null : this.learner.lossSum / training.batch;
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
    const weights = learner?.state ?? null;
    keeper.save(this.world.incarnation, version, { version, weights });
  }
}
