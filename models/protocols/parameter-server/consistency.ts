/**
 * The seam between the kinds of parameter servers: when a shard answers a pull and when it applies a push. A model hands
 * out work and takes gradients; the server does the jobs, replicates updates and tells of them.
 */
import type { NodeId, World } from '../../../engine/world.ts';
import type { MemoryItems } from '../../costs/memory-items.ts';
import type { TrainingSpec } from '../../spec/training.ts';
import type { ParameterServerJob } from './jobs.ts';
import type { Pull, Push, WorkItem } from './messages.ts';
import type { ShardCosts } from './shard-costs.ts';
import type { ShardState, Update } from './shard-state.ts';

/** The server as its model sees it. */
export interface ShardContext {
  readonly world: World;
  readonly shard: number;
  readonly workers: number;
  readonly training: TrainingSpec;
  readonly costs: ShardCosts;
  readonly books: MemoryItems;
  readonly state: ShardState;
  /** Updates made or under way. */
  readonly received: number;
  /** Makes one more update, as soon as the engine is free. */
  append(update: Omit<Update, 'number'>): void;
  /** Answers a pull: the present weights, and what to compute with them; `more` says whether to ask again. */
  answer(worker: NodeId, work: readonly WorkItem[], more: boolean): void;
  /** Answers a pull: there is nothing left to do. */
  dismiss(worker: NodeId): void;
  /** Throws: that must not come to this server now. */
  refuse(event: string): never;
}

export interface ConsistencyModel {
  pulled(worker: NodeId, pull: Pull): void;
  pushed(worker: NodeId, push: Push): void;
  /** Work for the server's own engine beside updates; null if there is none. May append updates. */
  nextJob(): ParameterServerJob | null;
  jobDone(): void;
  /** An update's job is done. */
  applied(update: Update): void;
  /** What the server waits for, in a few words. */
  waitsFor(): string;
}

/** Gives out the work of a run to workers, and is the only thing that differs between kinds of parameter servers. */
export interface ConsistencyKind {
  /** Whether every share of an iteration is in one update. */
  readonly sums: boolean;
  create(context: ShardContext): ConsistencyModel;
}
