/**
 * What lies between a real node and whoever runs it, wherever they are: the node keeps figures that can be read at any time,
 * says what it has to say, and hears what to do. What the figures lie on it must not know.
 */
import type { NodeStanding, RunFailure } from '../../engine/result.ts';
import type { NodeId, NoteValue } from '../../engine/world.ts';

/** Whole numbers: between two moments at which no node's counts differ, nothing happened. */
export const COUNTS = ['sent', 'received', 'waiting', 'finished', 'handlers', 'held'] as const;
/** Other numbers; times in nanoseconds. */
export const FIGURES = [
  'busyNs',
  'redoNs',
  'commNs',
  'downNs',
  /** Up to here every nanosecond is in the books. */
  'closedNs',
  /** Since when the node is held; 0 while it is not. */
  'heldSinceNs',
  /** Since when a job runs; 0 while none does. */
  'jobSinceNs',
  /** What a job takes over what its work alone would; 0 stands for 1. */
  'slowness',
  'jobs',
  'flops',
  'messagesSent',
  'bytesSent',
  'messagesReceived',
  'bytesReceived',
  'peakMemoryBytes',
] as const;

export type Entry = (typeof COUNTS)[number] | (typeof FIGURES)[number];

/** What a node hears. */
export type ToNode =
  /** The run begins; `origin` is its moment 0 on the clock common to all nodes, in nanoseconds. */
  | { kind: 'start'; origin: bigint }
  /**
   * The node has lost its memory and is back, in its next incarnation: ways to and from the one before lead nowhere, and
   * whoever watches it suspects it. One message says both: nothing may be sent to the new incarnation in between.
   */
  | { kind: 'returned'; peer: NodeId; incarnation: number }
  /** A peer has been silent for too long; `serial` is that of the watch. */
  | { kind: 'suspected'; peer: NodeId; serial: number }
  /** The node was held from then to then: all that it waits for comes later by as much. */
  | { kind: 'goOn'; fromNs: number; toNs: number }
  /** Say where you stand. */
  | { kind: 'report' };

/** What a node says. */
export type FromNode =
  /** The node is built and waits for `start`. */
  | { kind: 'ready' }
  | { kind: 'watch'; peer: NodeId; serial: number }
  | { kind: 'unwatch'; peer: NodeId }
  | { kind: 'note'; timeNs: number; name: string; value: NoteValue }
  | { kind: 'finished' }
  | { kind: 'failed'; failure: RunFailure }
  | { kind: 'report'; standing: NodeStanding; memoryItems: Record<string, number> };

/** The figures of one node. */
export interface Figures {
  /** An index in NODE_STATES. */
  state: number;
  get(entry: Entry): number;
  add(entry: Entry, value: number): void;
  set(entry: Entry, value: number): void;
  /** A job of that step, which was no redo, took so long. One that names no epoch is before no other. */
  addWork(step: number, ns: number, epoch?: number): void;
  /** That node's work was for nothing; see `World.disown`. Said twice it is as if said once. */
  disown(node: NodeId, step: number, before?: number, after?: number): void;
}

export interface Board extends Figures {
  tell(message: FromNode): void;
  /** `control` is called with all that the node is told: by the event loop, and by `hear`. */
  listen(control: (message: ToNode) => void): void;
  /** Has the node hear all that it has been told so far. */
  hear(): void;
  /** Waits, without doing anything else, for as long as the node is held. */
  waitWhileHeld(): void;
}
