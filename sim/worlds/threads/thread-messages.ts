/** Messages between the main thread and the threads of a run. Plain data and ports only. */
import type { MessagePort } from 'node:worker_threads';
import type { NodeId } from '../../../engine/world.ts';
import type { FromNode, ToNode } from '../board.ts';
import type { BoardMemory } from './shared-board.ts';

/** Start data of a thread. `work` is what its node factory needs, such as a scenario and its data. */
export interface ThreadSetup {
  readonly node: NodeId;
  readonly seed: number;
  /** The known incarnation of each node; its own is this one. */
  readonly incarnations: readonly number[];
  /** Infinity where there is no limit. */
  readonly memoryBytes: number;
  readonly board: BoardMemory;
  /** Whether watching has an effect. */
  readonly canFail: boolean;
  /** The folder of the storage that outlives the threads; null where there is none. */
  readonly storage: string | null;
  /** The folder of the nodes' own disks. */
  readonly disks: string;
  readonly work: unknown;
}

/** Commands to any node; and a connection that another node has made. */
export type ToThread = ToNode | { kind: 'connect'; peer: NodeId; port: MessagePort };

/** Reports of any node; and the other end of a connection to that incarnation of a peer, as far as the node knows. */
export type FromThread =
  FromNode | { kind: 'connect'; peer: NodeId; incarnation: number; port: MessagePort };
