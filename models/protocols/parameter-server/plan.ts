/** The plan of a view of a parameter server: who serves which shard, and what state it goes on from. Plain data. */
import type { NodeId } from '../../../engine/world.ts';
import type { CheckpointIndex } from '../../replication/checkpoints.ts';
import type { ServerLayout } from './layout.ts';

/** What a node brings to a new view. */
export interface Inventory {
  /** The view whose state of its shard a server has; -1 for a node without. */
  readonly epoch: number;
  /** Updates in that state, or in the weights that a worker has; -1: none. */
  readonly updates: number;
}

/** State may be lost that was committed. */
export interface Loss {
  readonly shards: readonly number[];
  readonly why: string;
  /** The most updates that anybody has told of; -1 if nobody can. */
  readonly furthest: number;
}

export interface ShardPlan {
  /** Its servers: the first leads, and passes updates down to the others in turn. */
  readonly chain: readonly NodeId[];
  /** So many of them, the first, have the state that it goes on from; 0: it is that of the seed, or of a checkpoint. */
  readonly holders: number;
  /** Updates in that state. */
  readonly updates: number;
}

export interface ServerPlan {
  /** By shard. */
  readonly shards: readonly ShardPlan[];
  readonly workers: readonly NodeId[];
  /** The iteration that is worked for, where there is one at a time; null where there is none such. */
  readonly clock: number | null;
  /** What the state comes from: the seed, servers, or a checkpoint (the seed again where none was saved). */
  readonly from: 'seed' | 'servers' | 'checkpoint';
  readonly index: CheckpointIndex | null;
  readonly lost: Loss | null;
}

/** The plan that all nodes begin with where nothing can fail. */
export function firstPlan(layout: ServerLayout, sums: boolean): ServerPlan {
  const shards = Array.from({ length: layout.shards }, (_, shard): ShardPlan => {
    const chain = layout.serversOf(shard);
    return { chain, holders: 0, updates: 0 };
  });
  const workers = Array.from({ length: layout.workers }, (_, worker) => worker);
  const clock = sums ? 0 : null;
  return { shards, workers, clock, from: 'seed', index: null, lost: null };
}

/** Who is to compute each share: its own worker, or the living in turn for the shares of the dead. */
export function ownersOf({ workers }: ServerPlan, shares: number): NodeId[] {
  const living = new Set(workers);
  let orphans = 0;
  return Array.from({ length: shares }, (_, share) =>
    living.has(share) ? share : workers[orphans++ % workers.length],
  );
}

/** By worker: the shares that it is to compute, in order. */
export function sharesOf(plan: ServerPlan, workers: number): number[][] {
  const shares = Array.from({ length: workers }, (): number[] => []);
  ownersOf(plan, workers).forEach((owner, share) => shares[owner].push(share));
  return shares;
}
