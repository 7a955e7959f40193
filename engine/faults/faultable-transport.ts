/**
 * What the fault injector asks of a transport, and what such a transport tells hosts. The transport applies the
 * wire's side of every fault; hosts and the schedule of faults know no more of it than this. Used only in runs with
 * faults. The implementation is `ReliableTransport`.
 */
import type { Message, NodeId } from '../world.ts';
import type { WireEffect } from './fault-rule.ts';
import type { Patience } from './patience.ts';

export interface FaultableTransport {
  /** Transmissions of messages lost on the wire or in a crash so far. */
  readonly messagesLost: number;
  /** How long nodes wait for each other, from what they have learnt so far. */
  takePatience(): Patience;
  /** Nothing fails before that time; called before the first message. */
  expectPeace(untilNs: number): void;
  /**
   * The host has just lost its memory. Its channels, watches and messages to itself are gone, frames of it that have
   * not fully departed are killed, and what arrives is lost until it returns. Every `accounting.sent` is still
   * followed by its `departed` and `delivered`, at the latest when the frame is given up.
   */
  crashed(node: NodeId): void;
  /** The host is back in that incarnation; its node is not placed yet. */
  returned(node: NodeId, incarnation: number): void;
  /** The host is paused: it sends no heartbeats and answers none. Deliveries wait in its inbox. */
  paused(node: NodeId): void;
  /** The host resumes, and has not handled yet what arrived meanwhile. */
  resumed(node: NodeId): void;
  /** A wire fault begins; wire faults may overlap. The number names it until its end. */
  beginWireFault(id: number, effect: WireEffect): void;
  endWireFault(id: number): void;
  /** Whether that wire fault has affected any frame so far. */
  feltWireFault(id: number, effect: WireEffect): boolean;
  /** See `World.watch`. */
  watch(node: NodeId, peer: NodeId): void;
  /** See `World.unwatch`. */
  unwatch(node: NodeId, peer: NodeId): void;
  /** See `World.hangUp`. */
  hangUp(node: NodeId, peer: NodeId, incarnation?: number): void;
}

/** The receiver of a transport's deliveries, one a node. Nothing is delivered to a host that is down. */
export interface FallibleReceiver {
  /** `bytes` with the header. */
  deliver(message: Message, from: NodeId, bytes: number): void;
  /** A watched peer is silent or has lost its memory: `Node.suspected` follows as soon as the node is free. */
  suspect(peer: NodeId): void;
}
