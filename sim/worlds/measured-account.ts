/**
 * How a real node spends its time (PROTOCOLS F), measured. Its time is a sequence of work stretches with gaps between
 * them. All work is busy - jobs, handlers, packing and unpacking of messages take the one engine - except jobs marked
 * redo. In a gap, the time from the sending of the earliest message that ended the gap (or from the gap's beginning,
 * if that is later) is comm; the rest is idle. Sending never blocks: it moves memory. It knows the clock only by the
 * times it is given.
 */
import { NODE_STATES } from '../../engine/node-states.ts';
import type { Figures } from './board.ts';

const BUSY = NODE_STATES.indexOf('busy');
const REDO = NODE_STATES.indexOf('redo');
const DOWN = NODE_STATES.indexOf('down');
const IDLE = NODE_STATES.indexOf('idle');

export class MeasuredAccount {
  private readonly figures: Figures;
  /** All time up to here is accounted for. */
  private closedNs: number;
  private working = false;

  constructor(figures: Figures) {
    this.figures = figures;
    this.closedNs = figures.get('closedNs');
    if (this.closedNs === 0) figures.state = IDLE;
  }

  /** A later incarnation begins at that time; the node was down before it. */
  begin(nowNs: number): void {
    this.closedNs = this.figures.get('closedNs');
    this.figures.add('downNs', nowNs - this.closedNs);
    this.close(nowNs);
    this.figures.state = IDLE;
  }

  /** The node is held between two stretches of work. */
  held(): void {
    this.figures.state = DOWN;
  }

  /** The node was held between these times. */
  stoodStill(fromNs: number, toNs: number): void {
    const startNs = Math.max(fromNs, this.closedNs);
    if (toNs > startNs) this.figures.add('downNs', toNs - startNs);
    this.close(Math.max(toNs, this.closedNs));
    this.figures.state = IDLE;
  }

  /**
   * A stretch of work begins because of messages (the earliest sent at `sentNs`) or of something else (null). No
   * effect on a node that is at work already.
   */
  wake(nowNs: number, sentNs: number | null): void {
    if (this.working) return;
    const freeSinceNs = this.closedNs;
    if (sentNs !== null && sentNs < nowNs)
      this.figures.add('commNs', nowNs - Math.max(sentNs, freeSinceNs));
    this.close(nowNs);
    this.working = true;
    this.figures.state = BUSY;
  }

  /** A redo job begins; the stretch of work goes on. */
  redo(nowNs: number): void {
    this.figures.add('busyNs', nowNs - this.closedNs);
    this.close(nowNs);
    this.figures.state = REDO;
  }

  /** A redo job ended. */
  redone(nowNs: number): void {
    this.figures.add('redoNs', nowNs - this.closedNs);
    this.close(nowNs);
    this.figures.state = BUSY;
  }

  /** The stretch of work ends. */
  sleep(nowNs: number): void {
    if (!this.working) return;
    this.figures.add('busyNs', nowNs - this.closedNs);
    this.close(nowNs);
    this.working = false;
    this.figures.state = IDLE;
  }

  private close(nowNs: number): void {
    this.figures.add('closedNs', nowNs - this.closedNs);
    this.closedNs = nowNs;
  }
}
