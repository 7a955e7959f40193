/**
 * A server's copy of the state and the updates that wait to be applied to it, in order; the same for a head, which
 * makes the updates, and a standby, which is sent them. Knows what there is to tell of each iteration until it is told.
 */
import type { World } from '../../../engine/world.ts';
import { NOTES, publishes } from '../../spec/notes.ts';
import type { GradientLostNote, IterationNote, WeightsNote } from '../../spec/notes.ts';
import type { TrainingSpec } from '../../spec/training.ts';
import type { MemoryItems } from '../../costs/memory-items.ts';
import type { WholeModelCosts } from '../../costs/whole-model-costs.ts';
import type { ParameterServerJob } from './jobs.ts';
import type { Replica, ReplicaEntry, ReplicaState } from './replica.ts';

/** What there is to tell once update `number` is safe. */
export interface CommitNotice {
  readonly number: number;
  /** Where it completes an iteration. */
  readonly note: IterationNote | null;
  /** Where it is of a gradient that is lost. */
  readonly lost: GradientLostNote | null;
  /** The weights, where they are to be published; null elsewhere. */
  readonly weights: WeightsNote['values'] | null;
  /** The whole state, where it is to be saved. */
  readonly state: ReplicaState | null;
}

export class Follower {
  /** Updates not applied yet, oldest first. */
  private pending: ReplicaEntry[] = [];
  private notices: CommitNotice[] = [];

  constructor(
    private readonly world: World,
    readonly replica: Replica,
    private readonly training: TrainingSpec,
    private readonly costs: WholeModelCosts,
    private readonly books: MemoryItems,
    /** Whether the state after so many iterations is to be saved. */
    private readonly saves: (version: number) => boolean,
  ) {
    books.set('weights', costs.vectorBytes);
    books.set('optimizer', costs.optimizerBytes);
  }

  /** Updates taken in. */
  get received(): number {
    return this.replica.steps + this.pending.length;
  }

  get next(): ReplicaEntry | null {
    return this.pending[0] ?? null;
  }

  take(entry: ReplicaEntry): void {
    this.pending.push(entry);
    if (!entry.lost) this.books.add('updates', this.costs.vectorBytes);
  }

  /** The job of the next update; `flops` are what it costs here. */
  job(entry: ReplicaEntry, flops: number): ParameterServerJob {
    const iteration = this.replica.iterationOf(entry.number);
    return {
      name: entry.share === null ? `update ${entry.clock}` : `update ${entry.clock}/${entry.share}`,
      flops,
      run: this.replica.work(entry),
      step: iteration,
      pass: 'update',
      iteration: entry.clock,
      version: entry.number,
      worker: entry.share,
    };
  }

  /** The next update's job is done. */
  settle(): ReplicaEntry {
    const entry = this.pending.shift()!;
    if (!entry.lost) this.books.add('updates', -this.costs.vectorBytes);
    const note = this.replica.settle(entry);
    if (note !== null || entry.lost) this.notices.push(this.taleOf(entry, note));
    return entry;
  }

  /** Copies of what is not told yet, but for states to be saved: those are the head's business. */
  get untold(): CommitNotice[] {
    const copy = (notice: CommitNotice): CommitNotice => ({
      ...notice,
      weights: notice.weights?.slice() ?? null,
      state: null,
    });
    return this.notices.map(copy);
  }

  /** Goes on from another's state, and what is still to be told of it. */
  restore(state: ReplicaState, notices: readonly CommitNotice[]): void {
    this.replica.restore(state);
    this.pending = [];
    this.notices = [...notices];
    this.books.set('updates', 0);
  }

  /** Takes what there is to tell of updates below `committed`. */
  tell(committed: number): CommitNotice[] {
    const count = this.notices.filter(({ number }) => number < committed).length;
    return this.notices.splice(0, count);
  }

  /** Tells observers of an update that is safe. */
  publish({ note, weights, lost }: CommitNotice, epoch: number): void {
    if (lost !== null) this.world.note(NOTES.gradientLost, lost);
    if (note === null) return;
    this.world.note(NOTES.iteration, { ...note, epoch });
    if (weights === null) return;
    const slice: WeightsNote = { version: note.iteration + 1, offset: 0, values: weights, epoch };
    this.world.note(NOTES.weights, slice);
  }

  private taleOf(
    { number, share, clock, ...entry }: ReplicaEntry,
    note: IterationNote | null,
  ): CommitNotice {
    const { weights } = this.replica;
    const lost = entry.lost ? { share: share!, clock } : null;
    if (note === null) return { number, note, lost, weights: null, state: null };
    const version = note.iteration + 1;
    return {
      number,
      note,
      lost,
      weights: weights !== null && publishes(this.training, version) ? weights.copy() : null,
      state: this.saves(version) ? this.replica.snapshot() : null,
    };
  }
}
