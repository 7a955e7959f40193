/**
 * What workers and servers say to each other where servers have standbys or nodes can fail, and how many bytes of
 * payload it takes (PROTOCOLS C and D). Knows no world.
 */
import type { FloatArray } from '../../learning/float-array.ts';
import type { CommitNotice } from './follower.ts';
import type { ReplicaEntry, ReplicaState } from './replica.ts';
import type { ServerView } from './view.ts';

/** A share of the batch of iteration `clock`: the unit of work. */
export interface WorkItem {
  readonly share: number;
  readonly clock: number;
}

/** Worker to head: asks for work. `version` is that of the weights it has; -1 if none. */
export interface WorkPull {
  readonly kind: 'work-pull';
  readonly session: number;
  readonly version: number;
}

/** Head to worker: shares of iteration `clock` to compute with the weights after `version` updates. */
export interface Work {
  readonly kind: 'work';
  readonly session: number;
  readonly clock: number;
  readonly version: number;
  readonly shares: readonly number[];
  /** False where the worker has the weights of that version already. */
  readonly fresh: boolean;
  /** Null under `numerics: 'cost'`, and where not fresh. */
  readonly weights: FloatArray | null;
}

/** Worker to head: the gradient of one share. */
export interface SharePush extends WorkItem {
  readonly kind: 'share-push';
  readonly session: number;
  readonly gradient: FloatArray | null;
  readonly lossSum: number | null;
}

/** Head to worker: the push is safe with the tail. */
export interface PushAck extends WorkItem {
  readonly kind: 'push-ack';
  readonly session: number;
}

/** Down the chain: one update. All before `committed` are known to be at the tail. */
export interface Append {
  readonly kind: 'append';
  readonly epoch: number;
  readonly entry: ReplicaEntry;
  readonly committed: number;
}

/** Up the chain: the tail has all updates up to that number. */
export interface AppendAck {
  readonly kind: 'append-ack';
  readonly epoch: number;
  readonly number: number;
}

/** What a node tells of itself in an election. */
export interface NodeReport {
  readonly life: number;
  readonly promised: number;
  /** True where it takes part in nothing and asks to be let in. */
  readonly joining: boolean;
  /** The newest view it has accepted or heard of, and the newest known to be in force. */
  readonly view: ServerView | null;
  readonly settled: ServerView | null;
  /** A standby's updates; -1 where the node has no state that others could go on from. */
  readonly received: number;
  /** Updates in the weights that a worker has; -1 elsewhere. */
  readonly version: number;
}

/** A server asks to be followed into an epoch of its own; `base` is the epoch it has last accepted. */
export interface Prepare {
  readonly kind: 'prepare';
  readonly epoch: number;
  readonly life: number;
  readonly base: number;
  readonly isReminder?: boolean;
}

export interface Promised {
  readonly kind: 'promised';
  readonly epoch: number;
  readonly report: NodeReport;
}

/** The answer to what comes from an epoch lower than promised. */
export interface Refused {
  readonly kind: 'refused';
  readonly promised: number;
}

/** The new epoch, with the state of the weights for a standby that cannot go on from its own. */
export interface Install {
  readonly kind: 'install';
  readonly view: ServerView;
  readonly state: ReplicaState | null;
  /** What is still to be told of that state's updates. */
  readonly notices: readonly CommitNotice[];
  /** True where training goes back to a checkpoint: all work in hand is void. */
  readonly restart: boolean;
}

/** The node has entered the epoch; a worker tells what it has in hand. */
export interface Installed {
  readonly kind: 'installed';
  readonly epoch: number;
  readonly life: number;
  readonly working: readonly WorkItem[];
}

/** The epoch is in force; also the answer to `hello`. */
export interface Settled {
  readonly kind: 'settled';
  readonly epoch: number;
}

/** To a node that the epoch goes on without. */
export interface Stale {
  readonly kind: 'stale';
  readonly view: ServerView;
}

/** A standby to its head: the one behind it in the chain is silent. */
export interface Accusation {
  readonly kind: 'accusation';
  readonly epoch: number;
  readonly peer: number;
}

/** A node asks to be let in, and every server that forgot all asks what there was. */
export interface Join {
  readonly kind: 'join';
  readonly life: number;
  readonly promised: number;
}

/** The answer to the join of a server. */
export interface Told {
  readonly kind: 'told';
  readonly report: NodeReport;
}

/** A worker that has not heard of its head for long asks all whether it is still served. */
export interface Hello {
  readonly kind: 'hello';
  readonly life: number;
}

/** Training is over. */
export interface Done {
  readonly kind: 'done';
}

export type ResilientMessage =
  | WorkPull
  | Work
  | SharePush
  | PushAck
  | Append
  | AppendAck
  | Prepare
  | Promised
  | Refused
  | Install
  | Installed
  | Settled
  | Stale
  | Accusation
  | Join
  | Told
  | Hello
  | Done;

/** Payload of a message that says a number or two. */
export const SMALL_BYTES = 16;

/** Payload of a message that lists work: a clock, and the items. */
export function itemsBytes(items: number): number {
  return SMALL_BYTES + 8 * items;
}

/** Payload of a message that carries a view of so many nodes: a life and a session each. */
export function viewBytes(nodes: number): number {
  return 64 + 16 * nodes;
}
