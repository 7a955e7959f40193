/** How a real node reaches the others: ports between threads, or sockets. */
import type { Message, NodeId } from '../../engine/world.ts';

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

/** Between two incarnations, messages keep their order and each arrives once. */
export interface Mail {
  /** Gives the envelope away with its arrays. It is never for the node itself. */
  send(to: NodeId, envelope: Envelope): void;
  /** Appends all that has arrived so far; never waits. */
  drain(into: Envelope[]): void;
  /** The peer is in another incarnation: undrained messages of the one before are lost. */
  renew(peer: NodeId, incarnation: number): void;
  /** `arrived` is called by the event loop when there is something to drain. */
  listen(arrived: () => void): void;
}
