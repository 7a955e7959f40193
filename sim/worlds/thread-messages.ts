/** What the main thread and the threads of a run say to each other. Plain data and ports only. */
import type { MessagePort } from 'node:worker_threads';
import type { NodeStanding, RunFailure } from '../../engine/result.ts';
import type { Message, NodeId, NoteValue } from '../../engine/world.ts';
import type { BoardMemory } from './thread-board.ts';

/** What a thread is born with. `work` is what its maker of nodes needs, such as a scenario and its data. */
export interface ThreadSetup {
  readonly node: NodeId;
  readonly seed: number;
  /** Which life of each node is known to be on; its own is this one. */
  readonly lives: readonly number[];
  /** Infinity where there is no limit. */
  readonly memoryBytes: number;
  readonly board: BoardMemory;
  /** Whether anybody answers who watches. */
  readonly canFail: boolean;
  /** The folder of the storage that outlives the threads; null where there is none. */
  readonly storage: string | null;
  readonly work: unknown;
}

export type ToThread =
  /** The run begins; `origin` is its moment 0 on the clock common to all threads, in nanoseconds. */
  | { kind: 'start'; origin: bigint }
  /** A way to and from another node, made by that node. */
  | { kind: 'connect'; peer: NodeId; port: MessagePort }
  /**
   * The node has lost its memory and is back, in its next life: ways to and from the one before lead nowhere, and
   * whoever watches it suspects it. One message says both: nothing may be sent to the new life in between.
   */
  | { kind: 'returned'; peer: NodeId; life: number }
  /** A peer has been silent for too long; `serial` is that of the watch. */
  | { kind: 'suspected'; peer: NodeId; serial: number }
  /** The node was held from then to then: all that it waits for comes later by as much. */
  | { kind: 'goOn'; fromNs: number; toNs: number }
  /** Say where you stand. */
  | { kind: 'report' };

export type FromThread =
  /** The node is built and waits for `start`. */
  | { kind: 'ready' }
  /** `life` of the peer, as far as the sender knows. */
  | { kind: 'connect'; peer: NodeId; life: number; port: MessagePort }
  | { kind: 'watch'; peer: NodeId; serial: number }
  | { kind: 'unwatch'; peer: NodeId }
  | { kind: 'note'; timeNs: number; name: string; value: NoteValue }
  | { kind: 'finished' }
  | { kind: 'failed'; failure: RunFailure }
  | { kind: 'report'; standing: NodeStanding; memoryItems: Record<string, number> };

/** A message between nodes, on its way. */
export interface Envelope {
  readonly from: NodeId;
  /** When it was sent, in nanoseconds of the run. */
  readonly sentNs: number;
  readonly bytes: number;
  readonly message: Message;
}
