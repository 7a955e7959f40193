/**
 * What workers and servers say to each other, and how many bytes of payload it takes (PROTOCOLS D). Knows no world: the
 * header of a message, which has room for one iteration and one share, is the world's business.
 */
import type { FloatArray } from '../../learning/float-array.ts';

/** One gradient to compute: that of a share of the batch of an iteration. */
export interface WorkItem {
  readonly iteration: number;
  readonly share: number;
}

/** Worker to server: asks for weights, and the first shard for work as well. */
export interface Pull {
  readonly kind: 'pull';
  /** Gradients that the worker has computed. */
  readonly clock: number;
}

/** Server to worker: the shard's weights after `version` updates, as a copy of the receiver's own. */
export interface PullReply {
  readonly kind: 'pull-reply';
  readonly shard: number;
  readonly version: number;
  /** Null under `numerics: 'cost'`. */
  readonly weights: FloatArray | null;
  /** What to compute with them: from the first shard alone, which gives out the work. */
  readonly work: readonly WorkItem[];
  /** False where the worker need not ask again. */
  readonly more: boolean;
}

/** Worker to server: the gradient of a work item by the shard's parameters, summed over the share's samples. */
export interface Push extends WorkItem {
  readonly kind: 'push';
  /** Null under `numerics: 'cost'`. */
  readonly gradient: FloatArray | null;
  /** Sum of the share's losses, for the first shard alone; null under `numerics: 'cost'`. */
  readonly lossSum: number | null;
}

export type ServerMessage = Pull | PullReply | Push;

/** Payload of a PULL: a kind and a clock. */
export const PULL_BYTES = 16;

/** What a PUSH to the first shard carries beside its gradient: the loss as one float64. */
export const LOSS_BYTES = 8;

/** What a reply carries for each work item but the first, which is in its header: an iteration and a share. */
export const WORK_ITEM_BYTES = 8;
