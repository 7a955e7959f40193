/**
 * What becomes of the updates of one position (PROTOCOLS A.4, C): its state is that of the newest; at position 0 an
 * update is final once its iteration has been told of; and the gate is shut from then until the replicas have the step.
 */
import type { FloatArray } from '../../learning/float-array.ts';
import { NOTES, publishes } from '../../notes.ts';
import { ReplicaGate } from './gate.ts';
import { LossBook } from './loss-book.ts';
import { OwnState } from './own-state.ts';
import type { Seat, TrainerHooks } from './seat.ts';
import type { StageJob } from './stage-job.ts';

export class Commitment {
  readonly state: OwnState;
  readonly gate: ReplicaGate;
  private readonly seat: Seat;
  private readonly hooks: TrainerHooks;
  private readonly book: LossBook;
  private readonly first: boolean;
  private version: number;
  /** The gradient of an update that waits for its iteration to be told of. */
  private uncommitted: { gradient: FloatArray | null } | null = null;

  constructor(seat: Seat, hooks: TrainerHooks) {
    const { world, work, position, stage, version, replicas } = seat;
    this.seat = seat;
    this.hooks = hooks;
    this.first = position === 0;
    this.version = version;
    this.state = new OwnState(position, version, stage);
    this.gate = new ReplicaGate(replicas, version);
    this.book = new LossBook(work.assignment.training, version, (name, note) =>
      world.note(name, { ...note, epoch: this.seat.view.epoch }),
    );
  }

  /** Iterations of the run that position 0 has told of. */
  get told(): number {
    return this.book.iterations;
  }

  /** Whether the newest update is not final yet. */
  get waits(): boolean {
    return this.uncommitted !== null;
  }

  /** Position 0 hears of the loss of a micro-batch. */
  addLoss(iteration: number, microBatch: number, lossSum: number | null): void {
    this.book.add(iteration, microBatch, lossSum);
    this.commitTold();
  }

  /** An update has been made; the weights are published where that is due. */
  updated({ previous, gradient }: StageJob): void {
    const { world, work, view, stage, position } = this.seat;
    const { training } = work.assignment;
    this.version++;
    this.state.updated(previous, work.safety.heldBack);
    if (stage !== null && publishes(training, this.version)) {
      const { offset, parameters: values } = stage;
      world.note(NOTES.weights, { version: this.version, offset, values, epoch: view.epoch });
    }
    this.uncommitted = { gradient };
    this.hooks.updated(position, this.version);
    if (this.first) this.book.update();
    this.commitTold();
  }

  /** Commits the newest update, at position 0 once its iteration has been told of. */
  private commitTold(): void {
    if (this.uncommitted === null) return;
    if (this.first && this.book.iterations < this.version) return;
    const { gradient } = this.uncommitted;
    this.uncommitted = null;
    this.state.commit();
    this.hooks.committed(this.seat.position, this.version, gradient);
  }
}
