/**
 * What workers and the server say to each other, and how many bytes of payload it takes (PROTOCOLS section D).
 * Knows no world: the header of a message is the world's business.
 */
import type { FloatArray } from '../../learning/float-array.ts';

/** Worker to server: asks for the weights with which iteration `clock` is computed. */
export interface Pull {
  readonly kind: 'pull';
  readonly clock: number;
}

/** Server to worker: the weights after `version` updates, as a copy of the receiver's own. */
export interface PullReply {
  readonly kind: 'pull-reply';
  readonly clock: number;
  readonly version: number;
  /** The whole canonical vector; null under `numerics: 'cost'`. */
  readonly weights: FloatArray | null;
}

/** Worker to server: the gradient of its share of iteration `clock`, summed over the share's samples. */
export interface Push {
  readonly kind: 'push';
  readonly clock: number;
  /** Null under `numerics: 'cost'`. */
  readonly gradient: FloatArray | null;
  /** Sum of the share's losses; null under `numerics: 'cost'`. */
  readonly lossSum: number | null;
}

export type ParameterServerMessage = Pull | PullReply | Push;

/** Payload of a PULL: a kind and a clock. */
export const PULL_BYTES = 16;

/** What a PUSH carries beside its gradient: the loss as one float64. */
export const LOSS_BYTES = 8;
