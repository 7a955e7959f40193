/** What a real node did and when, told in batches to whoever writes a trace of the run. Plain data. */
import type { Job, NodeId } from '../../engine/world.ts';
import type { Board, TraceEntry } from './board.ts';
import type { Envelope } from './mail.ts';

/** Told at once: a node that crashes takes the rest with it. */
const BATCH = 64;

export class NodeTrace {
  private readonly board: Pick<Board, 'tell'>;
  /** How many more are told. */
  private left: number;
  private entries: TraceEntry[] = [];
  /** Since the last batch that could not be told any more. */
  private leftOut = 0;

  /** @param limit jobs and messages, at most */
  constructor(board: Pick<Board, 'tell'>, limit: number) {
    this.board = board;
    this.left = limit;
  }

  job({ name, redo = false }: Job, startNs: number, endNs: number): void {
    this.add({ kind: 'job', name, redo, startNs, endNs });
  }

  sent(to: NodeId, { message, sentNs, bytes }: Envelope): void {
    this.add({ kind: 'sent', to, message: message.kind, bytes, timeNs: sentNs });
  }

  came({ from, message, sentNs }: Envelope, timeNs: number): void {
    this.add({ kind: 'came', from, message: message.kind, sentNs, timeNs });
  }

  /** Tells what is left to tell. */
  flush(): void {
    const { entries, leftOut } = this;
    if (entries.length + leftOut === 0) return;
    this.entries = [];
    this.leftOut = 0;
    this.board.tell({ kind: 'traced', entries, leftOut });
  }

  private add(entry: TraceEntry): void {
    if (this.left-- > 0) this.entries.push(entry);
    else if (entry.kind !== 'came') this.leftOut++;
    if (this.entries.length >= BATCH) this.flush();
  }
}
