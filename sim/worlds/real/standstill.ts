/** Detects from the board alone that all nodes wait for something that never comes. Called now and then. */
import { NODE_STATES, type NodeState } from '../../../engine/node-states.ts';
import type { SharedBoard } from './shared-board.ts';

/** Where nodes watch each other and are never quiet: a stall is this many of the detector's silences without a job. */
const STALL_SILENCES = 200;
const AT_WORK: readonly NodeState[] = ['busy', 'redo'];

export class Standstill {
  private readonly board: SharedBoard;
  private seen = '';
  /** Jobs ended at the last look, and when a look last found more. */
  private jobsSeen = 0;
  private workSeenNs = 0;

  constructor(board: SharedBoard) {
    this.board = board;
  }

  /** Every node waits for a message, none is in transit, and nothing changed since the last look. */
  isDeadlock(): boolean {
    const { board } = this;
    const snapshot = board.snapshot();
    const still = snapshot === this.seen;
    this.seen = snapshot;
    const allWait = board.sum('waiting') === board.nodeCount;
    const allArrived = board.sum('sent') === board.sum('received');
    return still && allWait && allArrived && board.sum('finished') < board.nodeCount;
  }

  /** No node is at work, and no job has ended for long. `awaits`: something is still to come all the same. */
  isStall(timeNs: number, silenceNs: number, awaits: boolean): boolean {
    const { board } = this;
    const jobs = board.sum('jobs');
    const atWork = [...board.states].some((state) => AT_WORK.includes(NODE_STATES[state]));
    if (jobs !== this.jobsSeen || atWork || awaits) {
      this.jobsSeen = jobs;
      this.workSeenNs = timeNs;
    }
    return timeNs - this.workSeenNs > STALL_SILENCES * silenceNs;
  }
}
