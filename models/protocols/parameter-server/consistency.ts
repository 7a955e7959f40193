/**
 * The seam between the kinds of parameter servers: when a shard answers a pull and when it applies a push. A model hands
 * out work and takes gradients, in one view; the server does the jobs, replicates updates and tells of them.
 */
import type { NodeId, World } from '../../../engine/world.ts';
import type { MemoryItems } from '../../costs/memory-items.ts';
import type { TrainingSpec } from '../../spec/training.ts';
import type { AppliedShares } from './applied-shares.ts';
import type { ParameterServerJob } from './jobs.ts';
import type { Pull, Push, WorkItem } from './messages.ts';
import type { ServerPlan } from './plan.ts';
import type { ShardCosts } from './shard-costs.ts';
import type { ShardLog } from './shard-log.ts';
import type { Update } from './shard-state.ts';

/** What a shard says to a pull. */
export interface Answer {
  readonly work: readonly WorkItem[];
  /** Whether to ask again. */
  readonly more: boolean;
  /** Pushes of the worker in the view that are committed. */
  readonly safe: number;
  /** Updates in the weights that it is to have: all that are made, if left out, or all but the last. */
  readonly version?: number;
  /** It has these weights. */
  readonly hasWeights?: boolean;
}

/** The server as its model sees it. */
export interface ShardContext {
  readonly world: World;
  readonly shard: number;
  /** Shares of a batch. */
  readonly workers: number;
  readonly plan: ServerPlan;
  readonly training: TrainingSpec;
  readonly costs: ShardCosts;
  readonly books: MemoryItems;
  readonly log: ShardLog;
  /** Updates that no loss of a server undoes. */
  readonly committed: number;
  /** All members are in the view. */
  readonly isEstablished: boolean;
  /** An update is in the engine, so that the weights are neither those before nor those after. */
  readonly isUpdating: boolean;
  /** What the other shards had applied when the view began. */
  readonly elsewhere: readonly AppliedShares[];
  /** Makes one more update, as soon as the engine is free. */
  append(update: Omit<Update, 'number'>): void;
  answer(worker: NodeId, answer: Answer): void;
  /** Answers a pull: there is nothing left to do. */
  dismiss(worker: NodeId): void;
  /** Something comes twice, as it may where nodes fail; throws where nothing can. */
  repeated(event: string): void;
  /** Throws: that must not come to this server now. */
  refuse(event: string): never;
}

export interface ConsistencyModel {
  /** A worker has these gradients in hand as the view begins; it pushes those that are made. */
  entered(worker: NodeId, inHand: readonly WorkItem[]): void;
  pulled(worker: NodeId, pull: Pull): void;
  pushed(worker: NodeId, push: Push): void;
  /** Work for the server's own engine beside updates; null if there is none. May append updates. */
  nextJob(): ParameterServerJob | null;
  jobDone(): void;
  /** An update's job is done. */
  applied(update: Update): void;
  /** More is committed: answers who waited for that. */
  serve(): void;
  /** What the server waits for, in a few words. */
  waitsFor(): string;
}

/** Gives out the work of a run to workers, and is the only thing that differs between kinds of parameter servers. */
export interface ConsistencyKind {
  /** Whether every share of an iteration is in one update. */
  readonly sums: boolean;
  create(context: ShardContext): ConsistencyModel;
}

/** A few of the things waited for, as text. */
export function someOf(things: readonly string[]): string {
  const more = things.length > 8 ? ` and ${things.length - 8} more` : '';
  return `${things.slice(0, 8).join(', ')}${more}`;
}
