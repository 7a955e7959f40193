/**
 * What the ends of a reliable channel send each other. A channel is one direction between two nodes. It is named by
 * the incarnations of the two nodes and a number that the sender counts, and numbers its frames from 0 (PROTOCOLS
 * section 0).
 */
import type { Message, NodeId } from '../world.ts';
import type { Acknowledgement, Parcel, Sending } from '../parcel.ts';
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

/** What ends of channels send each other. */
export type ChannelFrame = DataFrame | ControlFrame;

/** A message on its way without a channel, before anything can fail; it is the parcel as well. */
export class PlainFrame implements Parcel {
  readonly kind = 'plain';
  readonly parcel: Parcel = this;
  from: NodeId = 0;
  to: NodeId = 0;
  number = 0;
  message: Message = { kind: '' };
  bytes = 0;
  /** The direction between two nodes that it takes, its place among all that do, and what came the other way before. */
  line = 0;
  sequence = 0;
  taken = 0;
}

/** A frame with a message. */
export type MessageFrame = DataFrame | PlainFrame;

export type Frame = ChannelFrame | PlainFrame;

/** What a heartbeat carries beside the header. */
export const BEAT_PAYLOAD_BYTES = 8;
