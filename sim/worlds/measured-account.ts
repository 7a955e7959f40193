/**
 * Where a thread's time goes (PROTOCOLS F), measured. A node's time is a row of stretches at work with
 * gaps between them. At work, everything is busy - jobs, handlers, packing and unpacking of messages: on a
 * thread they all take the one engine - except jobs marked redo. In a gap, the time from the sending of the
 * earliest message that ended the gap (or from the gap's beginning, if that is later) is comm; the rest is idle.
 * Sending never holds a thread up: it moves memory. Knows the clock only by the times it is told.
 */
import { NODE_STATES } from '../../engine/result.ts';
import type { ThreadBoard } from './thread-board.ts';

const BUSY = NODE_STATES.indexOf('busy');
const REDO = NODE_STATES.indexOf('redo');
const DOWN = NODE_STATES.indexOf('down');
const IDLE = NODE_STATES.indexOf('idle');

export class MeasuredAccount {
  private readonly board: ThreadBoard;
  private readonly node: number;
  /** Up to here every nanosecond is in the books. */
  private closedNs: number;
  private working = false;

  constructor(board: ThreadBoard, node: number) {
    this.board = board;
    this.node = node;
    this.closedNs = board.figure(node, 'closedNs');
    if (this.closedNs === 0) board.states[node] = IDLE;
  }

  /** A life after the first begins at that time; up to then the node was down. */
  begin(nowNs: number): void {
    this.board.cameUp(this.node, nowNs);
    this.closedNs = this.board.figure(this.node, 'closedNs');
  }

  /** Between two stretches of work the node is held. */
  held(): void {
    this.board.states[this.node] = DOWN;
  }

  /** It was held from then to then. */
  stoodStill(fromNs: number, toNs: number): void {
    const startNs = Math.max(fromNs, this.closedNs);
    if (toNs > startNs) this.board.addFigure(this.node, 'downNs', toNs - startNs);
    this.close(Math.max(toNs, this.closedNs));
    this.board.states[this.node] = IDLE;
  }

  /**
   * A stretch of work begins, because of messages (the earliest sent at `sentNs`) or of something else (null).
   * Nothing happens if the node is at work already.
   */
  wake(nowNs: number, sentNs: number | null): void {
    if (this.working) return;
    const freeSinceNs = this.closedNs;
    if (sentNs !== null && sentNs < nowNs)
      this.board.addFigure(this.node, 'commNs', nowNs - Math.max(sentNs, freeSinceNs));
    this.close(nowNs);
    this.working = true;
    this.board.states[this.node] = BUSY;
  }

  /** A redo job begins; the stretch of work goes on. */
  redo(nowNs: number): void {
    this.board.addFigure(this.node, 'busyNs', nowNs - this.closedNs);
    this.close(nowNs);
    this.board.states[this.node] = REDO;
  }

  /** A redo job ended. */
  redone(nowNs: number): void {
    this.board.addFigure(this.node, 'redoNs', nowNs - this.closedNs);
    this.close(nowNs);
    this.board.states[this.node] = BUSY;
  }

  /** The stretch of work ends. */
  sleep(nowNs: number): void {
    if (!this.working) return;
    this.board.addFigure(this.node, 'busyNs', nowNs - this.closedNs);
    this.close(nowNs);
    this.working = false;
    this.board.states[this.node] = IDLE;
  }

  private close(nowNs: number): void {
    this.board.addFigure(this.node, 'closedNs', nowNs - this.closedNs);
    this.closedNs = nowNs;
  }
}
