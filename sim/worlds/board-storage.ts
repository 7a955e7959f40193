/** Storage that somebody else has: values go there and come back over the board, in order. */
import { plainCopy } from '../../engine/storage/plain-copy.ts';
import type { Stamp } from '../../engine/world.ts';
import type { Board } from './board.ts';

/** What a node saves to and loads from. */
export interface NodeStorage {
  /** Whether no value with a later stamp is there; null if the board will bring the answer. */
  save(name: string, value: object, stamp: Stamp): boolean | null;
  /** Null if there is none; undefined if the board will bring the value. */
  load(name: string): object | null | undefined;
}

export class BoardStorage implements NodeStorage {
  private readonly board: Pick<Board, 'tell'>;

  constructor(board: Pick<Board, 'tell'>) {
    this.board = board;
  }

  save(name: string, value: object, stamp: Stamp): null {
    this.board.tell({
      kind: 'save',
      name,
      value: plainCopy(value, `save: '${name}'`),
      stamp: [...stamp],
    });
    return null;
  }

  load(name: string): undefined {
    this.board.tell({ kind: 'load', name });
  }
}
