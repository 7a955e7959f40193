/**
 * What workers and servers say to each other, and how many bytes of payload it takes (PROTOCOLS D). Knows no world: the
 * header of a message, which has room for an epoch, one iteration and one share, is the world's business.
 */
import type { NodeId } from '../../../engine/world.ts';
import type { FloatArray } from '../../learning/float-array.ts';
import type { ShardCopy } from './shard/shard-log.ts';
import type { Update } from './shard/shard-state.ts';
import type { WorkItem } from './work-item.ts';

/** Every message is of a view: one of an older view means nothing any more. */
interface InView {
  readonly epoch: number;
}

/** Worker to the first shard: it is in the view, with these gradients made or being made. */
export interface Enter extends InView {
  readonly kind: 'enter';
  readonly inHand: readonly WorkItem[];
}

/** Worker to server: asks for weights, and the first shard for work as well. */
export interface Pull extends InView {
  readonly kind: 'pull';
  /** The iteration that it would work for next; -1 where the server has to tell. */
  readonly clock: number;
  /** Updates in the weights it has, whole; -1: none. */
  readonly has: number;
}

/** Server to worker: the shard's weights after `version` updates, as a copy of the receiver's own. */
export interface PullReply extends InView {
  readonly kind: 'pull-reply';
  readonly shard: number;
  readonly version: number;
  /** Null under `numerics: 'cost'`, and where the worker has them. */
  readonly weights: FloatArray | null;
  /** What to compute with them, from the first shard alone, which gives out the work; -1: nothing. */
  readonly iteration: number;
  readonly share: number;
  /** And what after that: shares of the dead. */
  readonly further: readonly WorkItem[];
  /** False where the worker need not ask again. */
  readonly more: boolean;
  /** So many pushes of the worker in this view are in updates that no loss of a server undoes. */
  readonly safe: number;
  /** Where workers keep what they have read: all gradients of iterations below it are in the weights. */
  readonly clock?: number;
  /** And how far each share that the worker computes has come, if it does not know. */
  readonly next?: readonly WorkItem[];
}

/** All that a reply gives out. */
export function workOf(reply: Pick<PullReply, 'iteration' | 'share' | 'further'>): WorkItem[] {
  const { iteration, share, further } = reply;
  return iteration < 0 ? [...further] : [{ iteration, share }, ...further];
}

/** Worker to server: the gradient of a work item by the shard's parameters, summed over the share's samples. */
export interface Push extends WorkItem, InView {
  readonly kind: 'push';
  /** Null under `numerics: 'cost'`. */
  readonly gradient: FloatArray | null;
  /** Sum of the share's losses, for the first shard alone; null under `numerics: 'cost'`. */
  readonly lossSum: number | null;
  /** Updates in the weights that it is computed with, as the first shard counts them, its worker's own steps included. */
  readonly version: number;
}

/** Worker to server: so many bytes of the push that comes next, made while the backward pass goes on. */
export interface PushPart extends InView {
  readonly kind: 'push-part';
  readonly bytes: number;
}

/** Down the tree of a shard: its weights after `version` updates, as a copy of the receiver's own. */
export interface Broadcast extends InView {
  readonly kind: 'broadcast';
  readonly shard: number;
  readonly version: number;
  /** Null under `numerics: 'cost'`. */
  readonly weights: FloatArray | null;
}

/** Down the chain of a shard: one more update. All before `committed` are with the tail. */
export interface Append extends InView {
  readonly kind: 'append';
  readonly update: Update;
  readonly committed: number;
}

/** From the tail to the primary: updates of so many gradients have come down the chain. */
export interface AppendAck extends InView {
  readonly kind: 'append-ack';
  readonly upTo: number;
}

/** From the primary to a standby that has not the state that the view goes on from. */
export interface StateTransfer extends InView {
  readonly kind: 'state';
  readonly copy: ShardCopy;
}

/** To the primary: its standby has the state that the view goes on from. */
export interface InPlace extends InView {
  readonly kind: 'in-place';
}

/** To the first shard: that shard's chain is in place. */
export interface Ready extends InView {
  readonly kind: 'ready';
  readonly shard: number;
  /** The shares in its updates, where each is an update of its own. */
  readonly applied: readonly number[];
}

/** To the first shard: that shard does not hear the worker any more, or hears it again. */
export interface Hears extends InView {
  readonly kind: 'hears';
  readonly shard: number;
  readonly worker: NodeId;
  readonly isHeard: boolean;
}

/** From the first shard: a worker is lost, so say again what you have applied. */
export interface Check extends InView {
  readonly kind: 'check';
}

/** From the first shard to all: all members are in the view, with all they need. */
export interface Established extends InView {
  readonly kind: 'established';
}

/** To the first shard: that shard's part of a checkpoint is saved. */
export interface PartSaved extends InView {
  readonly kind: 'part-saved';
  readonly shard: number;
  readonly version: number;
}

export type ServerMessage =
  | Enter
  | Pull
  | PullReply
  | Push
  | PushPart
  | Broadcast
  | Append
  | AppendAck
  | StateTransfer
  | InPlace
  | Ready
  | Hears
  | Check
  | Established
  | PartSaved;

/** Payload of a PULL: a kind and a clock. */
export const PULL_BYTES = 16;

/** Payload of a message that says a number or two. */
export const SMALL_BYTES = 16;

/** What a PUSH to the first shard carries beside its gradient: the loss as one float64. */
export const LOSS_BYTES = 8;

/** What a message carries for each work item but the first, which is in its header: an iteration and a share. */
export const WORK_ITEM_BYTES = 8;
