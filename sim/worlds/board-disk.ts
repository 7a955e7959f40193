/** A host's disk that somebody else has: records go there over the board, and the board says when they are on it. */
import type { Board } from './board.ts';

/** What a node persists to. */
export interface NodeDisk {
  /** What was there when the node's incarnation began; null on a new or lost disk. */
  read(): object | null;
  /** Whether the record is durable now; false if the board will bring the answer. */
  write(record: object): boolean;
}

export class BoardDisk implements NodeDisk {
  private readonly record: object | null;
  private readonly board: Pick<Board, 'tell'>;

  constructor(record: object | null, board: Pick<Board, 'tell'>) {
    this.record = record;
    this.board = board;
  }

  read(): object | null {
    return this.record;
  }

  write(record: object): boolean {
    this.board.tell({ kind: 'persist', record });
    return false;
  }
}
