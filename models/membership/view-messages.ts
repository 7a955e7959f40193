/** What nodes say to each other to agree on a new view (PROTOCOLS A.4, C), and what it weighs on the wire. */
import type { Message, NodeId } from '../../engine/world.ts';

/** A pair of nodes of which the first hears nothing of the second. */
export type Silence = readonly [NodeId, NodeId];

/** What one node has added to the token. */
export interface Contribution<Report> {
  readonly node: NodeId;
  /** Its incarnation. */
  readonly life: number;
  /** It has no state, and has been in no view in this life. */
  readonly joining: boolean;
  readonly report: Report;
}

/** The token that circles to collect promises, reports and suspicions. */
export interface RepairMessage<Report> extends Message {
  readonly kind: 'REPAIR';
  readonly epoch: number;
  /** The epoch of the view its initiator is in. */
  readonly base: number;
  /** How many repairs have come to nothing before it; patience grows with it. */
  readonly attempt: number;
  /** All whom it seeks, in order of the ring. */
  readonly candidates: readonly NodeId[];
  readonly reports: readonly Contribution<Report>[];
  readonly silences: readonly Silence[];
  /** Suspected, but heard by a neighbour all the same. */
  readonly heard: readonly NodeId[];
}

/** The token that brings the new view to its members. */
export interface ResumeMessage<Plan> extends Message {
  readonly kind: 'RESUME';
  readonly epoch: number;
  /** In order of the ring. */
  readonly members: readonly NodeId[];
  /** The incarnations they are in. */
  readonly lives: readonly number[];
  /** Members that were in no view before: they greet all others before these send them anything. */
  readonly joined: readonly NodeId[];
  /** Pairs of members that do not hear each other. */
  readonly cuts: readonly Silence[];
  readonly plan: Plan;
  /** False where it is told once more to a node that has missed it: it goes no further. */
  readonly lap: boolean;
}

/** The token that says that those who answered may not go on, in the place of RESUME. */
export interface HaltMessage extends Message {
  readonly kind: 'HALT';
  readonly epoch: number;
  readonly members: readonly NodeId[];
  readonly missing: readonly NodeId[];
  readonly reason: string;
  /** After that time the answer may be another though nobody is heard again; null if it cannot. */
  readonly againNs: number | null;
}

/** A node without state asks to be taken in. */
export interface JoinMessage extends Message {
  readonly kind: 'JOIN';
  readonly node: NodeId;
  readonly life: number;
  readonly promised: number;
}

/** Says where a node stands, so that one that has fallen behind finds out. */
export interface HelloMessage extends Message {
  readonly kind: 'HELLO';
  readonly installed: number;
  readonly promised: number;
  readonly halted: boolean;
  /** Its sender does not hear the receiver. */
  readonly deaf: boolean;
  /** It comes neighbour by neighbour. */
  readonly relayed: boolean;
}

/** The receiver is no member of the view of that epoch, which is newer than its own. */
export interface StaleMessage extends Message {
  readonly kind: 'STALE';
  readonly installed: number;
}

/** The first member and all whom this has passed have nothing left to do in that epoch. */
export interface EndingMessage extends Message {
  readonly kind: 'ENDING';
  readonly epoch: number;
}

/** All was done in the view of that epoch. */
export interface DoneMessage extends Message {
  readonly kind: 'DONE';
  readonly epoch: number;
}

export type ViewMessage<Report, Plan> =
  | RepairMessage<Report>
  | ResumeMessage<Plan>
  | HaltMessage
  | JoinMessage
  | HelloMessage
  | StaleMessage
  | EndingMessage
  | DoneMessage;

/** A message that goes the long way round, because its sender and its receiver do not hear each other. */
export interface RelayMessage extends Message {
  readonly kind: 'RELAY';
  readonly origin: NodeId;
  /** When its sender learnt the way, and how many it had sent since: what comes behind one that was lost is of no use. */
  readonly routedNs: number;
  readonly sequence: number;
  /** Who passes it on is to wait until the next node has greeted. */
  readonly patient: boolean;
  /** The nodes it still has to reach, its receiver last. */
  readonly path: readonly NodeId[];
  readonly message: Message;
  readonly bytes: number;
}

const TOKEN_BYTES = 64;
const CHANGE_BYTES = 24;

/** Payload of a message of a view change: a token has 64 bytes and 24 a node that it tells something of. */
export function viewBytes(message: ViewMessage<unknown, unknown>): number {
  switch (message.kind) {
    case 'REPAIR':
      return TOKEN_BYTES + CHANGE_BYTES * (message.reports.length + message.silences.length);
    case 'RESUME':
      return TOKEN_BYTES + CHANGE_BYTES * (message.members.length + message.cuts.length);
    case 'HALT':
      return TOKEN_BYTES + CHANGE_BYTES * message.missing.length;
    case 'JOIN':
      return TOKEN_BYTES + CHANGE_BYTES;
    case 'HELLO':
      return 16;
    case 'STALE':
    case 'ENDING':
    case 'DONE':
      return 8;
  }
}

const KINDS = new Set(['REPAIR', 'RESUME', 'HALT', 'JOIN', 'HELLO', 'STALE', 'ENDING', 'DONE']);

/** Whether a message belongs to a view change. */
export function isViewMessage<Report, Plan>(
  message: Message,
): message is ViewMessage<Report, Plan> {
  return KINDS.has(message.kind);
}
