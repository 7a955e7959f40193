/**
 * What connects a real node with the process that runs it, wherever it is: the node keeps figures that can be read
 * at any time, sends reports, and gets commands. It must not know how the figures are stored.
 */
import type { NodeStanding, RunFailure } from '../../engine/result.ts';
import type { NodeId, NoteValue, Stamp } from '../../engine/world.ts';

/** Whole numbers. If no node's counts differ between two moments, nothing happened in between. */
export const COUNTS = ['sent', 'received', 'waiting', 'finished', 'handlers', 'held'] as const;
/** Other numbers; times in nanoseconds. */
export const FIGURES = [
  'busyNs',
  'redoNs',
  'commNs',
  'downNs',
  /** All time up to here is accounted for. */
  'closedNs',
  /** Since when the node is held; 0 while it is not held. */
  'heldSinceNs',
  /** Since when a job runs; 0 while none does. */
  'jobSinceNs',
  /** Factor on the time of jobs; 0 stands for 1. */
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

/** Commands to a node. */
export type ToNode =
  /** The run begins; `origin` is its time 0 on the clock common to all nodes, in nanoseconds. */
  | { kind: 'start'; origin: bigint }
  /**
   * The peer has lost its memory and is back in its next incarnation: connections to the one before lead nowhere, and
   * watchers suspect it. One message says both: nothing may be sent to the new incarnation in between.
   */
  | { kind: 'returned'; peer: NodeId; incarnation: number }
  /** A peer has been silent for too long; `serial` is that of the watch. */
  | { kind: 'suspected'; peer: NodeId; serial: number }
  /** The node was held between these times: all its alarms are delayed by as much. */
  | { kind: 'goOn'; fromNs: number; toNs: number }
  /** The answers to `save` and `load`, in the order of asking. */
  | { kind: 'saved'; name: string; isNewest: boolean }
  | { kind: 'loaded'; name: string; value: object | null }
  /** The record that was last told is on the disk. */
  | { kind: 'persisted' }
  /** Asks for a report. */
  | { kind: 'report' };

/** Times in nanoseconds of the run. A message is known by its sender, its receiver and when it was sent. */
export type TraceEntry =
  | { kind: 'job'; name: string; redo: boolean; startNs: number; endNs: number }
  | { kind: 'sent'; to: NodeId; message: string; bytes: number; timeNs: number }
  | { kind: 'came'; from: NodeId; message: string; sentNs: number; timeNs: number };

/** Reports of a node. */
export type FromNode =
  /** The node is placed and waits for `start`. */
  | { kind: 'ready' }
  | { kind: 'watch'; peer: NodeId; serial: number }
  | { kind: 'unwatch'; peer: NodeId }
  | { kind: 'note'; timeNs: number; name: string; value: NoteValue }
  /** To and from storage that somebody else has. */
  | { kind: 'save'; name: string; value: object; stamp: Stamp }
  | { kind: 'load'; name: string }
  /** To a disk that somebody else has. */
  | { kind: 'persist'; record: object }
  /** What the node did, for a trace, and how much of it was too much to tell. */
  | { kind: 'traced'; entries: TraceEntry[]; leftOut: number }
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
  /** Adds the time of a job of that step, which was no redo. Without an epoch it is older than none. */
  addWork(step: number, ns: number, epoch?: number): void;
}

export interface Board extends Figures {
  tell(message: FromNode): void;
  /** `control` is called with each command: by the event loop, and by `hear`. */
  listen(control: (message: ToNode) => void): void;
  /** Handles all commands that have arrived so far. */
  hear(): void;
  /** Blocks while the node is held. */
  waitWhileHeld(): void;
}
