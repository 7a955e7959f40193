/** The figures of one node, on the shared memory of all. */
import type { Entry, Figures } from '../board.ts';
import type { SharedBoard } from './shared-board.ts';

export class NodeFigures implements Figures {
  private readonly board: SharedBoard;
  private readonly node: number;

  constructor(board: SharedBoard, node: number) {
    this.board = board;
    this.node = node;
  }

  get state(): number {
    return this.board.states[this.node];
  }

  set state(state: number) {
    this.board.states[this.node] = state;
  }

  get(entry: Entry): number {
    return this.board.get(this.node, entry);
  }

  set(entry: Entry, value: number): void {
    this.board.set(this.node, entry, value);
  }

  add(entry: Entry, value: number): void {
    this.board.add(this.node, entry, value);
  }

  addWork(step: number, ns: number, epoch?: number): void {
    this.board.work.add(this.node, step, ns, epoch);
  }

  waitWhileHeld(): void {
    this.board.waitWhileHeld(this.node);
  }
}
