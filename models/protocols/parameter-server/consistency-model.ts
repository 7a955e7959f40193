/**
 * What a head does for the workers, which differs between BSP and ASP, and what it needs of its server for that. A
 * model hands out shares and takes gradients; the server applies, replicates and tells of them.
 */
import type { NodeId, World } from '../../../engine/world.ts';
import type { MemoryItems } from '../../costs/memory-items.ts';
import type { WholeModelCosts } from '../../costs/whole-model-costs.ts';
import type { ParameterServerJob } from './jobs.ts';
import type { Replica, ReplicaEntry } from './replica.ts';
import { itemsBytes, type SharePush, type Work, type WorkItem } from './resilient-messages.ts';
import type { ServerView } from './view.ts';

/** The server as its consistency model sees it. */
export interface ConsistencyContext {
  readonly world: World;
  readonly replica: Replica;
  readonly costs: WholeModelCosts;
  readonly books: MemoryItems;
  readonly workers: number;
  /** The view in force. */
  readonly served: ServerView | null;
  /** Updates that are safe with the tail. */
  readonly committed: number;
  /** Updates made or under way. */
  readonly received: number;
  /** Makes one more update. */
  append(entry: Omit<ReplicaEntry, 'number'>): void;
}

export interface ConsistencyModel {
  /** A worker of the view in force asks for work; it has the weights of that version. */
  pulled(worker: NodeId, version: number): void;
  pushed(worker: NodeId, push: SharePush): void;
  /** The worker's life in the view is over: what it had in hand is nobody's. */
  removed(worker: NodeId): void;
  /** A session of the worker begins in the view in force, with that in hand. */
  greeted(worker: NodeId, working: readonly WorkItem[]): void;
  /** Work for the server's own engine; null if there is none. */
  nextJob(): ParameterServerJob | null;
  jobDone(): void;
  /** An update's job is done here. */
  applied(entry: ReplicaEntry): void;
  /** All updates up to `committed` are safe: answers who waited for that. */
  serve(): void;
  /** Forgets all, where the server is the head no more. */
  end(): void;
  waitsFor(): string;
}

/** The workers of a view, ascending. */
export function workersOf(view: ServerView, workers: number): NodeId[] {
  const live: NodeId[] = [];
  for (let worker = 0; worker < workers; worker++) if (view.lives[worker] >= 0) live.push(worker);
  return live;
}

/** Who is to compute each share: its own worker, or the living in turn for the shares of the dead; -1 if none lives. */
export function ownersOf(view: ServerView, workers: number): NodeId[] {
  const live = workersOf(view, workers);
  let orphans = 0;
  return Array.from({ length: workers }, (_, share) => {
    if (view.lives[share] >= 0) return share;
    return live.length === 0 ? -1 : live[orphans++ % live.length];
  });
}

/** Sends shares to a worker, with the weights if it has others. */
export function sendWork(
  context: ConsistencyContext,
  worker: NodeId,
  work: Pick<Work, 'clock' | 'version' | 'shares'>,
  fresh: boolean,
): void {
  const { world, replica, costs, served } = context;
  const weights = fresh ? (replica.weights?.copy() ?? null) : null;
  const session = served!.sessions[worker];
  const message: Work = { kind: 'work', session, ...work, fresh, weights };
  const bytes = itemsBytes(work.shares.length) + (fresh ? costs.vectorBytes : 0);
  world.send(worker, message, bytes);
}
