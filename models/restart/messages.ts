/** What nodes that restart together say to each other, and what it weighs (PROTOCOLS C). */
import type { Message, NodeId } from '../../engine/world.ts';
import type { CheckpointName } from '../replication/checkpoints.ts';

/** To the coordinator: its sender has come back from a crash with nothing. */
export interface BackMessage extends Message {
  readonly kind: 'BACK';
  readonly incarnation: number;
}

/** From the coordinator: train no more; what is of an older epoch counts no more. */
export interface StopMessage extends Message {
  readonly kind: 'STOP';
  readonly epoch: number;
}

/** To the coordinator: its sender trains no more. */
export interface StoppedMessage extends Message {
  readonly kind: 'STOPPED';
  readonly epoch: number;
  readonly incarnation: number;
  /** Steps that it had begun since the beginning of the run; null where this incarnation has never trained. */
  readonly begun: number | null;
}

/** From the coordinator: all have stopped; go on from that checkpoint, or from the beginning. */
export interface GoMessage extends Message {
  readonly kind: 'GO';
  readonly epoch: number;
  readonly checkpoint: CheckpointName | null;
  /** Nodes that have ever been back from a crash, with the incarnation that each is in. */
  readonly incarnations: readonly (readonly [node: NodeId, incarnation: number])[];
}

/** To the coordinator: its sender's part of the state after `version` steps of that epoch is in storage. */
export interface SavedMessage extends Message {
  readonly kind: 'SAVED';
  readonly epoch: number;
  readonly version: number;
}

/** To the coordinator: its sender has nothing left to do in that epoch. */
export interface DoneMessage extends Message {
  readonly kind: 'DONE';
  readonly epoch: number;
}

/** Nobody has anything left to do: the run is over, whoever forgets it. */
export interface FinishMessage extends Message {
  readonly kind: 'FINISH';
}

export type RestartMessage =
  | BackMessage
  | StopMessage
  | StoppedMessage
  | GoMessage
  | SavedMessage
  | DoneMessage
  | FinishMessage;

const KINDS = new Set('BACK STOP STOPPED GO SAVED DONE FINISH'.split(' '));

/** Whether a message is about restarts. */
export function isRestartMessage(message: Message): message is RestartMessage {
  return KINDS.has(message.kind);
}

const NUMBER_BYTES = 8;

/** Payload of a message. */
export function messageBytes(message: RestartMessage): number {
  switch (message.kind) {
    case 'FINISH':
      return 0;
    case 'BACK':
    case 'STOP':
    case 'DONE':
      return NUMBER_BYTES;
    case 'SAVED':
      return 2 * NUMBER_BYTES;
    case 'STOPPED':
      return 3 * NUMBER_BYTES;
    case 'GO':
      return NUMBER_BYTES * (3 + message.incarnations.length);
  }
}
