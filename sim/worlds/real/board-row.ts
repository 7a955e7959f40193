/** The figures of one node as plain data, to bring them from the memory of one process into that of another. */
import type { NodeId } from '../../../engine/world.ts';
import { COUNTS, type Entry, FIGURES } from '../board.ts';
import { SharedWork, workMemory, type WorkNews } from '../shared-work.ts';
import type { SharedBoard } from './shared-board.ts';

export interface BoardRow {
  /** An index in NODE_STATES. */
  readonly state: number;
  /** In the order of ENTRIES. */
  readonly figures: readonly number[];
  /** Since the last reading. */
  readonly work: WorkNews;
}

/** What a run sets from outside, and the node only reads. */
const COMMANDS: readonly Entry[] = ['held', 'heldSinceNs', 'slowness'];
const ENTRIES: readonly Entry[] = [...COUNTS, ...FIGURES];

/** Reads all figures; `told` is told of the work, and knows then what to leave out next time. */
export function readRow(board: SharedBoard, node: NodeId, told: SharedWork): BoardRow {
  return {
    state: board.states[node],
    figures: ENTRIES.map((entry) => board.get(node, entry)),
    work: board.work.newsFor(told, node),
  };
}

/** Reads all figures, with all of the work. */
export function readWholeRow(board: SharedBoard, node: NodeId): BoardRow {
  return readRow(board, node, new SharedWork(workMemory(board.nodeCount, board.work.memory.steps)));
}

/** What a node does that is gone it does no more. */
const PASSING: readonly Entry[] = [...COMMANDS, 'finished', 'waiting', 'jobSinceNs'];

/** Takes over the figures of a node that is gone, and is to go on from them. */
export function takeUpRow(board: SharedBoard, node: NodeId, row: BoardRow): void {
  writeRow(board, node, row, false);
  for (const entry of PASSING) board.set(node, entry, 0);
}

/** Takes over the figures of a node; those that a run sets from outside only from a first reading. */
export function writeRow(
  board: SharedBoard,
  node: NodeId,
  { state, figures, work }: BoardRow,
  isFirst: boolean,
): void {
  board.states[node] = state;
  for (const [at, entry] of ENTRIES.entries())
    if (isFirst || !COMMANDS.includes(entry)) board.set(node, entry, figures[at]);
  board.work.hear(node, work);
}
