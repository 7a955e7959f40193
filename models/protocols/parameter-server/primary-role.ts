/** A server as its membership sees it: what it does when it is to lead, to follow, or to serve no more. */
import type { NodeId } from '../../../engine/world.ts';
import type { Replica, ReplicaState } from './replica.ts';
import type { CommitNotice } from './follower.ts';
import type { WorkItem } from './resilient-messages.ts';
import type { ServerView } from './view.ts';

export interface PrimaryRole {
  readonly replica: Replica;
  /** Updates taken in, applied or not. */
  readonly received: number;
  /** True when all of them are applied. */
  readonly settled: boolean;
  /** Updates that the tail has, as far as a head knows. */
  readonly safe: number;
  restore(state: ReplicaState): void;
  /** The view is in force, and this server its head; `before` is the view it has led without a break, or null. */
  lead(
    view: ServerView,
    before: ServerView | null,
    working: Map<NodeId, readonly WorkItem[]>,
  ): void;
  /** A session of a worker begins in the view in force. */
  greeted(worker: NodeId, working: readonly WorkItem[]): void;
  /** Is a standby, going on from its own state or from another's, of which there are things to tell. */
  follow(state: ReplicaState | null, notices: readonly CommitNotice[]): void;
  /** What is not told yet. */
  readonly untold: readonly CommitNotice[];
  /** Serves no more. */
  stepDown(): void;
}
