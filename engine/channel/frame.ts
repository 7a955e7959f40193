/**
 * What the ends of a reliable channel send each other. A channel is one direction between two nodes. It is named by
 * the incarnations of the two nodes and a number that the sender counts, and numbers its frames from 0 (PROTOCOLS
 * section 0).
 */
import type { NodeId } from '../world.ts';
import type { Acknowledgement, Sending } from '../parcel.ts';
import type { Peer } from './peer.ts';

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
  readonly parcel: Sending;
  /** The end of the channel that it comes from. */
  readonly end: Peer;
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
