/** What the main thread and the threads of a run say to each other. Plain data and ports only. */
import type { MessagePort } from 'node:worker_threads';
import type { NodeId } from '../../../engine/world.ts';
import type { FromNode, ToNode } from '../board.ts';
import type { BoardMemory } from './shared-board.ts';

/** What a thread is born with. `work` is what its maker of nodes needs, such as a scenario and its data. */
export interface ThreadSetup {
  readonly node: NodeId;
  readonly seed: number;
  /** Which incarnation of each node is known to be on; its own is this one. */
  readonly incarnations: readonly number[];
  /** Infinity where there is no limit. */
  readonly memoryBytes: number;
  readonly board: BoardMemory;
  /** Whether anybody answers who watches. */
  readonly canFail: boolean;
  /** The folder of the storage that outlives the threads; null where there is none. */
  readonly storage: string | null;
  /** The folder of the nodes' own disks. */
  readonly disks: string;
  readonly work: unknown;
}

/** Beside what every node is told: a way to and from another one, made by that one. */
export type ToThread = ToNode | { kind: 'connect'; peer: NodeId; port: MessagePort };

/** Beside what every node says: the other end of a way to that incarnation of a peer, as far as the node knows. */
export type FromThread =
  FromNode | { kind: 'connect'; peer: NodeId; incarnation: number; port: MessagePort };
