/** How a real node reaches the others: ports between threads, or sockets. */
import { MESSAGE_HEADER_BYTES, type Message, type NodeId } from '../../engine/world.ts';

/** A message between nodes, in transit. */
export interface Envelope {
  readonly from: NodeId;
  /** When it was sent, in nanoseconds of the run. */
  readonly sentNs: number;
  /** When its last byte has left the sender's link: the same, unless the link is one that a run plays. */
  readonly leftNs: number;
  readonly bytes: number;
  readonly message: Message;
}

/** As it counts for the network. */
export function sizeOf({ bytes }: Pick<Envelope, 'bytes'>): number {
  return bytes + MESSAGE_HEADER_BYTES;
}

/** The most bytes that may be under way to a peer, or wait for a link, before the node that sends them stands still. */
export const WINDOW_BYTES = 2 ** 24;

/** Between two incarnations, messages keep their order and each arrives once. */
export interface Mail {
  /** Gives the envelope away with its arrays. It is never for the node itself. */
  send(to: NodeId, envelope: Envelope): void;
  /** Appends all that has arrived so far; never waits. */
  drain(into: Envelope[]): void;
  /** The peer is in another incarnation: undrained messages of the one before are lost. */
  renew(peer: NodeId, incarnation: number): void;
  /**
   * More is under way than may be: the node does nothing until its peers have drained some of it. What comes for it
   * meanwhile it takes in, so that nodes that wait for each other go on.
   */
  readonly isFull: boolean;
  /** The peer is suspected: what is under way to it holds the node up no longer, until it drains some of it. */
  excuse(peer: NodeId): void;
  /** `arrived` is called by the event loop when there is something to drain, or room again. */
  listen(arrived: () => void): void;
}
