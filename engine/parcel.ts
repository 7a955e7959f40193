/** What goes over a channel: messages one way, and how many of them have arrived the other way. */
import type { Message } from './world.ts';

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

/** A message in transit on a channel, which its sender keeps until it is acknowledged. */
export interface Sending extends Parcel {
  /** Its place in the channel, from 0. */
  readonly sequence: number;
  /** Transmissions of it that are still in a network queue. */
  underWay: number;
  /** When the last transmission left the queues. */
  goneNs: number;
}

/** Says how much of a channel has arrived: every message before `next`. */
export interface Acknowledgement {
  /** The incarnation of the channel's sender. */
  readonly incarnation: number;
  readonly channel: number;
  readonly next: number;
}
