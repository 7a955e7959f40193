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
}

export type ToStation =
  | ToNode
  | { kind: 'hold'; nowNs: number }
  | { kind: 'release' }
  | { kind: 'pace'; slowness: number }
  /** Asks for the figures, with the number of the question. */
  | { kind: 'look'; number: number };

export type FromStation =
  | FromNode
  | { kind: 'figures'; row: BoardRow; number: number }
  /** Its connection with that incarnation of a peer has ended, and nobody there has ended it. */
  | { kind: 'cut'; peer: number; incarnation: number; why: string }
  /** The station cannot go on. */
  | { kind: 'lost'; what: string };
