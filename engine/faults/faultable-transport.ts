/**
 * What faults ask of the transport, and what a transport tells hosts that can fail. The transport carries on with the
 * wire's side of every fault; hosts and the schedule of faults know no more of it than this. All of it is used in
 * runs with faults alone: such a transport is `ReliableTransport`.
 */
import type { Message, NodeId } from '../world.ts';
import type { WireEffect } from './fault-rule.ts';
import type { Patience } from './patience.ts';

export interface FaultableTransport {
  /** Messages and frames that the wire or a crash has swallowed so far. */
  readonly messagesLost: number;
  /** How long nodes wait for each other, and what they have learnt of that so far. */
  takePatience(): Patience;
  /**
   * The host has just lost its memory: its channels, watches and messages to itself are gone, its frames that have not
   * wholly departed are killed, and what arrives is lost until it returns. Every `accounting.sent` is still followed
   * by its `departed` and `delivered`, at the latest when the frame is given up.
   */
  crashed(node: NodeId): void;
  /** The host is back and has begun that incarnation; its logic is not placed yet. */
  returned(node: NodeId, incarnation: number): void;
  /** The host stands still: it sends no beats and answers none. What is handed to it waits in its inbox. */
  paused(node: NodeId): void;
  /** The host goes on, and has not handled yet what arrived meanwhile. */
  resumed(node: NodeId): void;
  /** A fault of the wire begins; faults overlap freely. The number names it until its end. */
  beginWireFault(id: number, effect: WireEffect): void;
  endWireFault(id: number): void;
  /** Whether any message or frame has felt that fault of the wire so far. */
  feltWireFault(id: number, effect: WireEffect): boolean;
  /** See `World.watch`. */
  watch(node: NodeId, peer: NodeId): void;
  /** See `World.unwatch`. */
  unwatch(node: NodeId, peer: NodeId): void;
  /** See `World.hangUp`. */
  hangUp(node: NodeId, peer: NodeId, incarnation?: number): void;
}

/** Who a transport talks to, one a node. Nothing is delivered to a host that is down. */
export interface FallibleReceiver {
  deliver(message: Message, from: NodeId): void;
  /** A peer it watches is silent or has lost its memory: `Node.suspected` follows as soon as the node is free. */
  suspect(peer: NodeId): void;
}
