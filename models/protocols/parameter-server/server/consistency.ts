/**
 * The seam between the kinds of parameter servers: when a shard answers a pull and when it applies a push. A model hands
 * out work and takes gradients, in one view; the server does the jobs, replicates updates and tells of them.
 */
import type { NodeId, World } from '../../../../engine/world.ts';
import type { MemoryItems } from '../../../costs/memory-items.ts';
import type { SegmentState } from '../../../learning/segment-state.ts';
import type { ParameterServerJob } from '../jobs.ts';
import type { MemberSettings } from '../member.ts';
import type { Pull, Push, ServerMessage } from '../messages.ts';
import type { WorkItem } from '../work-item.ts';
import type { ServerPlan } from '../plan.ts';
import type { ShardCosts } from '../shard/shard-costs.ts';
import type { ShardLog } from '../shard/shard-log.ts';
import type { Update } from '../shard/shard-state.ts';

/** What a server of a shard knows from the start. */
export interface ShardServerSettings extends MemberSettings {
  readonly shard: number;
  readonly consistency: ConsistencyKind;
  /** The shard's initial weights, made anew at each call; null under `numerics: 'cost'`. */
  initial(): SegmentState | null;
}

/** The server that a model works for. */
export interface Shard {
  readonly world: World<ServerMessage>;
  readonly settings: ShardServerSettings;
  readonly plan: ServerPlan;
  readonly costs: ShardCosts;
  readonly books: MemoryItems;
  readonly log: ShardLog;
  /** An update is in the engine, so that the weights are neither those before nor those after. */
  readonly isUpdating: boolean;
}

/** What a shard says to a pull beside the first that there is to do. */
export interface Answer {
  /** More work after the first. */
  readonly further?: readonly WorkItem[];
  /** Updates in the weights that it is to have: all that are made, if left out, or all but the last. */
  readonly version?: number;
  /** Updates in the weights that it has; none if left out. */
  readonly has?: number;
  /** Where workers keep what they have read: see `PullReply`. */
  readonly clock?: number;
  readonly next?: readonly WorkItem[];
}

/** What a model can have done in its view. */
export interface WorkDesk {
  /** All members are in the view. */
  readonly isEstablished: boolean;
  /** That worker is not heard, and the others go on without it. */
  isAbsent(worker: NodeId): boolean;
  /** Asks all other shards what they have applied by now; see `elsewhere`. */
  askShards(): void;
  /** A worker's next push of the view is in the first so many updates. */
  isIn(worker: NodeId, updates: number): void;
  /** Makes one more update, as soon as the engine is free. */
  append(update: Update): void;
  /** Answers a pull with work, if there is any; `more`: it is to ask again. */
  answer(worker: NodeId, work: WorkItem | null, more: boolean, answer?: Answer): void;
  /** Sends the weights of so many updates, all that are made or all but the last, down the tree of workers. */
  broadcast(version: number): void;
  /** A worker begins with work that it finds for itself. */
  begun(worker: NodeId, work: readonly WorkItem[]): void;
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
  /** A worker is not heard any more: whether the others go on in this view without it. */
  lost(worker: NodeId): boolean;
  /** That worker is heard again. */
  heard(worker: NodeId): void;
  /** What another shard has applied; see `AppliedShares`. False if what it lacks cannot be given out in this view. */
  elsewhere(applied: readonly number[]): boolean;
  pulled(worker: NodeId, pull: Pull): void;
  pushed(worker: NodeId, push: Push): void;
  /** Work for the server's own engine beside updates; null if there is none. May append updates. */
  nextJob(): ParameterServerJob | null;
  jobDone(): void;
  /** An update's job is done. */
  applied(update: Update): void;
  /** More is committed: answers who waited for that. */
  serve(): void;
  /** The alarm of its kind goes off. */
  woken?(): void;
  /** What the server waits for, in a few words. */
  waitsFor(): string;
}

/** Gives out the work of a run to workers, and is the only thing that differs between kinds of parameter servers. */
export interface ConsistencyKind {
  /** Whether every share of an iteration is in one update. */
  readonly sums: boolean;
  /** Whether the others can go on in the same view without a worker that is lost. */
  readonly sparesWorkers: boolean;
  /** Whether workers send weights on to each other. */
  readonly relays?: boolean;
  /** The alarm that its models set, if they set one. */
  readonly alarm?: string;
  create(shard: Shard, desk: WorkDesk): ConsistencyModel;
}
