/** Messages between the process that conducts a run and the station of each node. Plain data only. */
import type { FromNode, ToNode } from '../board.ts';
import type { BoardRow } from '../real/board-row.ts';
import type { PlacedSetup } from '../real/crew.ts';

/** Start data of a station. The board's memory and the work are its own copies. */
export interface StationSetup extends Omit<PlacedSetup, 'board' | 'work'> {
  /** Number of steps for which work is accounted. */
  readonly steps: number;
  /** The figures of the node so far: those of its earlier incarnations. */
  readonly row: BoardRow;
  /** Folder with the sockets of all nodes, the code of a node's thread and the work. */
  readonly folder: string;
}

export type ToStation =
  | ToNode
  | { kind: 'place'; setup: StationSetup }
  | { kind: 'hold'; nowNs: number }
  | { kind: 'release' }
  | { kind: 'pace'; slowness: number }
  /** Asks for the figures, with the number of the question. */
  | { kind: 'look'; number: number };

export type FromStation =
  | FromNode
  /** It hears from now on: what is said before is lost. */
  | { kind: 'here' }
  | { kind: 'figures'; row: BoardRow; number: number }
  /** The station cannot go on. */
  | { kind: 'lost'; what: string };
