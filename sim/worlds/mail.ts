/** How a real node reaches the others, whatever carries its messages: ports between threads, or sockets. */
import type { Message, NodeId } from '../../engine/world.ts';

/** A message between nodes, on its way. */
export interface Envelope {
  readonly from: NodeId;
  /** When it was sent, in nanoseconds of the run. */
  readonly sentNs: number;
  readonly bytes: number;
  readonly message: Message;
}

/** Between two incarnations of two nodes messages keep their order, and each arrives once. */
export interface Mail {
  /** Gives the envelope away, arrays and all. It is never for the node itself. */
  send(to: NodeId, envelope: Envelope): void;
  /** Appends all that has arrived so far and never waits. */
  drain(into: Envelope[]): void;
  /** The peer is in another incarnation: what the one before has sent and nobody has drained is lost. */
  renew(peer: NodeId, incarnation: number): void;
  /** `arrived` is called, by the event loop alone, when there is something to drain. */
  listen(arrived: () => void): void;
}
