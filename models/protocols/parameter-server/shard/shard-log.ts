/**
 * A server's copy of its shard and the updates that wait to be applied to it, in order; the same for a primary, which makes
 * the updates, and a standby, which is sent them. It knows what there is to tell of each iteration until it is safe to tell.
 */
import type { FloatArray } from '../../../learning/float-array.ts';
import { publishes, type IterationNote } from '../../../spec/notes.ts';
import {
  copyUpdate,
  sizeOf,
  ShardState,
  type ShardSnapshot,
  type ShardStateSettings,
  type Update,
} from './shard-state.ts';

/** What there is to tell once update `number` is committed: it completes an iteration. */
export interface CommitNotice {
  readonly number: number;
  readonly note: IterationNote;
  /** The weights, where they are to be published; null elsewhere. */
  readonly weights: FloatArray | null;
  /** The whole state, where it is to be saved. */
  readonly state: ShardSnapshot | null;
}

/** All that a standby needs to go on like its primary. */
export interface ShardCopy {
  readonly state: ShardSnapshot;
  readonly committed: number;
  readonly pending: readonly Update[];
  readonly notices: readonly CommitNotice[];
}

const NONE: readonly CommitNotice[] = [];

export class ShardLog {
  state: ShardState;
  /** Updates not applied yet, oldest first. */
  pending: Update[] = [];
  /** Gradients in updates that no loss of a server undoes, as far as it knows. */
  committed = 0;
  /** Gradients of the whole run. */
  readonly total: number;
  private notices: CommitNotice[] = [];
  private readonly settings: ShardStateSettings;

  constructor(settings: ShardStateSettings, snapshot: ShardSnapshot) {
    this.settings = settings;
    this.total = settings.training.iterations * settings.updatesPerIteration;
    this.state = new ShardState(settings, snapshot);
  }

  /** Gradients in the updates taken in. */
  get received(): number {
    const { pending } = this;
    if (pending.length === 0) return this.state.steps;
    const last = pending[pending.length - 1];
    return last.number + sizeOf(last);
  }

  /** The shares in its updates, where these are not of whole iterations; see `AppliedShares`. */
  applied(): number[] {
    const { updatesPerIteration } = this.settings;
    const items = this.pending.flatMap((update) => update.items ?? []);
    const numbers = items.map(({ iteration, share }) => iteration * updatesPerIteration + share);
    return [...this.state.applied.toList(), ...numbers];
  }

  /** The next update's work is done; `saves` says whether the state after so many iterations is to be saved. */
  apply(saves: (version: number) => boolean): Update {
    const update = this.pending.shift()!;
    for (const note of this.state.count(update)) {
      const { weights } = this.state;
      const version = note.iteration + 1;
      const isPublished = publishes(this.settings.training, version);
      this.notices.push({
        number: update.number,
        note,
        weights: isPublished ? (weights?.copy() ?? null) : null,
        state: saves(version) ? this.state.snapshot() : null,
      });
    }
    return update;
  }

  /** So many gradients are committed. Takes what there is to tell of them. */
  commit(updates: number): readonly CommitNotice[] {
    this.committed = Math.max(this.committed, updates);
    return this.notices.length === 0 ? NONE : this.takeCommitted();
  }

  private takeCommitted(): readonly CommitNotice[] {
    const { committed, notices } = this;
    return notices.splice(0, notices.filter(({ number }) => number < committed).length);
  }

  copy(): ShardCopy {
    const notices = this.notices.map((notice) => ({
      ...notice,
      weights: notice.weights?.slice() ?? null,
      state: null,
    }));
    const pending = this.pending.map(copyUpdate);
    return { state: this.state.snapshot(), committed: this.committed, pending, notices };
  }

  /** Goes on from that, which it takes over. */
  restore({ state, committed, pending, notices }: ShardCopy): void {
    this.state = new ShardState(this.settings, state);
    this.committed = committed;
    this.pending = [...pending];
    this.notices = [...notices];
  }
}
