/**
 * What the ends of a reliable channel send each other. A channel is one direction between two nodes. It is named by
 * the incarnations of the two nodes and a number that the sender counts, and numbers its frames from 0 (PROTOCOLS
 * section 0). Plain data: it can cross a socket as it is.
 */
import type { Message, NodeId } from '../world.ts';

/** The incarnation of a peer that has not been heard yet. */
export const UNKNOWN_INCARNATION = -1;

/** A message in transit. */
export interface Parcel {
  /** Names the message for the whole run. */
  readonly number: number;
  readonly message: Message;
  /** With the header. */
  readonly bytes: number;
}

/** Says how much of a channel has arrived: every frame before `next`. */
export interface Acknowledgement {
  /** The incarnation of the channel's sender. */
  readonly incarnation: number;
  readonly channel: number;
  readonly next: number;
}

interface Addressed {
  readonly from: NodeId;
  readonly to: NodeId;
  /** The incarnation in which the sender sent it. */
  readonly incarnation: number;
  /** Of the channel in the other direction; null if nothing has ever come from there. */
  readonly acknowledgement: Acknowledgement | null;
}

/** One transmission of one message. */
export interface DataFrame extends Addressed {
  readonly kind: 'data';
  /** The incarnation it is meant for; UNKNOWN_INCARNATION for whichever is there. */
  readonly toIncarnation: number;
  readonly channel: number;
  readonly sequence: number;
  readonly parcel: Parcel;
}

/**
 * A frame that the world sends itself: a heartbeat; an answer to one, which is never answered; an acknowledgement; or
 * the notice to a peer that it has written to an incarnation that is over.
 */
export interface ControlFrame extends Addressed {
  readonly kind: 'beat' | 'answer' | 'acknowledge' | 'reset';
}

export type Frame = DataFrame | ControlFrame;

/** What a heartbeat carries beside the header. */
export const BEAT_PAYLOAD_BYTES = 8;
