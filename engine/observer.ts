/**
 * What may watch a run. Observers see everything and change nothing: with any set of observers, or none, the digest
 * of a run is the same. Values passed to `noted` are borrowed: copy what is kept.
 */
import type { FaultEffect, InjectedFault } from './faults/fault-rule.ts';
import type { Job, Message, NodeId, NoteValue } from './world.ts';

/** Why a detector suspects a peer. */
export type SuspicionCause = 'silent' | 'returned';

export interface Observer {
  /** A job started: it will end, unless the host crashes. */
  jobStarted?(node: NodeId, job: Job, timeNs: number): void;
  /** A job ended. */
  jobEnded?(node: NodeId, job: Job, startNs: number, endNs: number): void;
  /** A message was handed to the network. `transfer` names it until its delivery. */
  messageSent?(
    transfer: number,
    from: NodeId,
    to: NodeId,
    message: Message,
    bytes: number,
    timeNs: number,
  ): void;
  /** A message reached the node it was sent to (its inbox, if that node computes). */
  messageDelivered?(
    transfer: number,
    from: NodeId,
    to: NodeId,
    message: Message,
    timeNs: number,
  ): void;
  /**
   * A message enters the network, for the first time or again. On a network without anything else it would arrive after
   * that many nanoseconds.
   */
  messageEntered?(transfer: number, emptyNs: number): void;
  /** A message (or a retransmission of one) is lost: the wire swallowed it, or its sender or receiver is gone. */
  messageLost?(from: NodeId, to: NodeId, message: Message, timeNs: number): void;
  /**
   * What `from` sends to `to` from now on belongs to a new channel: `from` has hung up, or has heard that `to` has
   * lost its memory. (The channels of a crashed host end without this.)
   */
  channelBegun?(from: NodeId, to: NodeId, timeNs: number): void;
  /** The host stands still, or has crashed; one that stands still may also crash. */
  hostDown?(node: NodeId, isCrash: boolean, timeNs: number): void;
  /** The host is up again, and its node has not been told anything yet. */
  hostUp?(node: NodeId, timeNs: number): void;
  /** A fault begins. */
  faultBegan?(fault: InjectedFault, effect: FaultEffect): void;
  /** A fault is over: the node has returned (from a crash: without its memory), the link is as before. */
  faultEnded?(fault: InjectedFault, timeNs: number): void;
  /**
   * The detector of `node` suspects a peer: it is silent, or has come back without its memory. The node is told as
   * soon as it is free.
   */
  peerSuspected?(node: NodeId, peer: NodeId, why: SuspicionCause, timeNs: number): void;
  /** A node used `note`. */
  noted?(node: NodeId, timeNs: number, name: string, value: NoteValue): void;
}
