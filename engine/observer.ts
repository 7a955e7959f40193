/**
 * What may watch a run. Observers see everything and change nothing: with any set of observers, or none, the
 * digest of a run is the same. Values passed to `noted` are borrowed: copy what you keep.
 */
import type { FaultEffect, InjectedFault } from './faults/fault-rule.ts';
import type { Job, Message, NodeId, NoteValue } from './world.ts';

/** Why a detector suspects a peer. */
export type SuspicionCause = 'silent' | 'returned';

export interface Observer {
  /** A job started: it will end, unless the host crashes. */
  jobStarted?(node: NodeId, job: Job, timeNs: number): void;
  /** A job ended (times in nanoseconds of the run). */
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
  /** A message (or a retransmission of one) is lost: the wire swallowed it, or its sender or receiver is gone. */
  messageLost?(from: NodeId, to: NodeId, message: Message, timeNs: number): void;
  /**
   * What `from` sends to `to` from now on is a channel of its own: `from` has hung up, or has heard that `to` has lost
   * its memory. (When a host crashes, its own channels end without that.)
   */
  channelBegun?(from: NodeId, to: NodeId, timeNs: number): void;
  /** A fault has struck. */
  faultBegan?(fault: InjectedFault, effect: FaultEffect): void;
  /** A fault is over: the node is back (from a crash: with its memory gone), the link as before. */
  faultEnded?(fault: InjectedFault, timeNs: number): void;
  /**
   * The detector of `node` suspects a peer: it is silent, or has come back without its memory. The node hears of it as
   * soon as it is free.
   */
  peerSuspected?(node: NodeId, peer: NodeId, why: SuspicionCause, timeNs: number): void;
  /** A node used `note`. */
  noted?(node: NodeId, timeNs: number, name: string, value: NoteValue): void;
}
