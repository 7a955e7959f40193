/** What nodes say to each other to agree on a view (PROTOCOLS C), and what it weighs on the wire. */
import type { Message, NodeId } from '../../engine/world.ts';
import { NODE_BYTES, NUMBER_BYTES, viewsBytes, type View } from './view.ts';

/** A peer of which a node hears nothing, and the incarnation that it has last known it in. */
export type Silence = readonly [peer: NodeId, incarnation: number];

/** From the initiator: promise me that you take nothing older any more, and tell me what you have. */
export interface PrepareMessage extends Message {
  readonly kind: 'PREPARE';
  readonly epoch: number;
  readonly incarnation: number;
  /** The epoch of the view its sender is in; -1 for one without state. */
  readonly installed: number;
}

export interface PromiseMessage<Inventory> extends Message {
  readonly kind: 'PROMISE';
  readonly epoch: number;
  readonly incarnation: number;
  /** The newest view that its sender knows to be complete, and all it knows begun since; none: it has no vote. */
  readonly views: readonly View[];
  readonly silent: readonly Silence[];
  /** It comes without state. */
  readonly joining: boolean;
  readonly inventory: Inventory;
}

/** To the initiator: its sender has promised that epoch, and still waits for a view. */
export interface AwaitMessage extends Message {
  readonly kind: 'AWAIT';
  readonly epoch: number;
}

/** The epoch is too low for its sender, which has promised that other one. */
export interface RefuseMessage extends Message {
  readonly kind: 'REFUSE';
  readonly epoch: number;
  readonly promised: number;
  /** No initiator is known to be at work on the newer one. */
  readonly isIdle: boolean;
}

export interface InstallMessage<Plan> extends Message {
  readonly kind: 'INSTALL';
  readonly view: View;
  /** The views before it that may be complete, oldest first. */
  readonly known: readonly View[];
  readonly plan: Plan;
}

/** Those who promised may not go on. */
export interface HaltMessage extends Message {
  readonly kind: 'HALT';
  readonly epoch: number;
  readonly reason: string;
  readonly missing: readonly NodeId[];
  readonly together: readonly NodeId[];
  readonly againNs: number | null;
}

/** To whom it falls to begin a change of view: its sender does not hear the peer, or knows that it has lost its state. */
export interface SuspectMessage extends Message {
  readonly kind: 'SUSPECT';
  readonly epoch: number;
  readonly peer: NodeId;
}

/** A node without state asks to be taken in. */
export interface JoinMessage extends Message {
  readonly kind: 'JOIN';
  readonly incarnation: number;
  readonly promised: number;
  /** The view whose members it knows; -1 if none. */
  readonly view: number;
  /** All members of that view have answered: it hears them, and they hear it. */
  readonly isReady: boolean;
}

/** Its sender is in a view that the receiver has no part in. */
export interface WelcomeMessage extends Message {
  readonly kind: 'WELCOME';
  readonly epoch: number;
  readonly promised: number;
  /** The view is known to be complete: state of older ones is of no use any more. */
  readonly isComplete: boolean;
  /** Null where the receiver has said that it knows them. */
  readonly members: readonly NodeId[] | null;
}

/**
 * A member says now and then which view it is in, so that one that was left behind unheard finds out. And whoever changes
 * views says it to those of whom it hears nothing, which answer.
 */
export interface HelloMessage extends Message {
  readonly kind: 'HELLO';
  /** Of the view in use; -1 if none. */
  readonly epoch: number;
  /** It hears nothing of the receiver. */
  readonly isDeaf: boolean;
}

/** To the coordinator: its sender has nothing left to do in that view. */
export interface DoneMessage extends Message {
  readonly kind: 'DONE';
  readonly epoch: number;
}

/** No member of that view has anything left to do: the run is over. */
export interface FinishMessage extends Message {
  readonly kind: 'FINISH';
  readonly epoch: number;
}

export type MembershipMessage<Inventory, Plan> =
  | PrepareMessage
  | PromiseMessage<Inventory>
  | AwaitMessage
  | RefuseMessage
  | InstallMessage<Plan>
  | HaltMessage
  | SuspectMessage
  | JoinMessage
  | WelcomeMessage
  | HelloMessage
  | DoneMessage
  | FinishMessage;

const KINDS = new Set(
  'PREPARE PROMISE AWAIT REFUSE INSTALL HALT SUSPECT JOIN WELCOME HELLO DONE FINISH'.split(' '),
);

/** Whether a message belongs to membership. */
export function isMembershipMessage<Inventory, Plan>(
  message: Message,
): message is MembershipMessage<Inventory, Plan> {
  return KINDS.has(message.kind);
}

/** Payload of a message, without an inventory or a plan in it. */
export function messageBytes(message: MembershipMessage<unknown, unknown>): number {
  switch (message.kind) {
    case 'PREPARE':
    case 'REFUSE':
      return 3 * NUMBER_BYTES;
    case 'PROMISE':
      return 3 * NUMBER_BYTES + viewsBytes(message.views) + NODE_BYTES * message.silent.length;
    case 'INSTALL':
      return viewsBytes([...message.known, message.view]);
    case 'HALT':
      return 3 * NUMBER_BYTES + NODE_BYTES * (message.missing.length + message.together.length);
    case 'JOIN':
    case 'WELCOME':
      return (
        4 * NUMBER_BYTES + ('members' in message ? NODE_BYTES * (message.members?.length ?? 0) : 0)
      );
    case 'SUSPECT':
      return 2 * NUMBER_BYTES;
    case 'AWAIT':
    case 'HELLO':
    case 'DONE':
    case 'FINISH':
      return NUMBER_BYTES;
  }
}
