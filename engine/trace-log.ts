/**
 * An observer that writes down what ran and what was sent, compactly, for traces. Knows names and times, not what
 * they mean. Its record is plain data, so that it crosses threads; it stops at a limit, because a long run would
 * fill the memory, and says how much it left out.
 */
import type { Observer } from './observer.ts';
import type { Job, Message, NodeId } from './world.ts';

/** Columns of equal length: row k of each belongs to job k, in order of their ends. */
export interface JobColumns {
  node: Int32Array;
  /** Index in `names`. */
  name: Int32Array;
  /** 1 for recomputed, aborted, dropped or duplicate work. */
  redo: Int32Array;
  startNs: Float64Array;
  endNs: Float64Array;
}

/** Row k of each belongs to message k, in order of sending. `deliveredNs` is -1 for those that never arrived. */
export interface MessageColumns {
  from: Int32Array;
  to: Int32Array;
  /** Index in `names`. */
  kind: Int32Array;
  bytes: Float64Array;
  sentNs: Float64Array;
  deliveredNs: Float64Array;
}

export interface TraceRecord {
  /** Names of jobs and kinds of messages. */
  names: string[];
  jobs: JobColumns;
  messages: MessageColumns;
  /** Jobs and messages that came after the limit. */
  leftOut: number;
}

/** Jobs and messages together; some 40 MB of record. */
const ROWS_MAX = 1_000_000;
const UNDELIVERED = -1;

export class TraceLog implements Observer {
  private readonly rowsMax: number;
  private readonly names = new Map<string, number>();
  private readonly jobNumbers = {
    node: [] as number[],
    name: [] as number[],
    redo: [] as number[],
  };
  private readonly jobTimes = { startNs: [] as number[], endNs: [] as number[] };
  private readonly messageNumbers = {
    from: [] as number[],
    to: [] as number[],
    kind: [] as number[],
  };
  private readonly messageTimes = {
    bytes: [] as number[],
    sentNs: [] as number[],
    deliveredNs: [] as number[],
  };
  /** Row of every message on its way: transfers are numbered anew once delivered. */
  private readonly rowOfTransfer = new Map<number, number>();
  private leftOut = 0;

  constructor(rowsMax: number = ROWS_MAX) {
    this.rowsMax = rowsMax;
  }

  jobEnded(node: NodeId, job: Job, startNs: number, endNs: number): void {
    if (!this.admits()) return;
    this.jobNumbers.node.push(node);
    this.jobNumbers.name.push(this.numberOf(job.name));
    this.jobNumbers.redo.push(job.redo === true ? 1 : 0);
    this.jobTimes.startNs.push(startNs);
    this.jobTimes.endNs.push(endNs);
  }

  messageSent(
    transfer: number,
    from: NodeId,
    to: NodeId,
    message: Message,
    bytes: number,
    timeNs: number,
  ): void {
    // The number may have belonged to a message that never arrived.
    this.rowOfTransfer.delete(transfer);
    if (!this.admits()) return;
    this.rowOfTransfer.set(transfer, this.messageNumbers.from.length);
    this.messageNumbers.from.push(from);
    this.messageNumbers.to.push(to);
    this.messageNumbers.kind.push(this.numberOf(message.kind));
    this.messageTimes.bytes.push(bytes);
    this.messageTimes.sentNs.push(timeNs);
    this.messageTimes.deliveredNs.push(UNDELIVERED);
  }

  messageDelivered(
    transfer: number,
    _from: NodeId,
    _to: NodeId,
    _message: Message,
    timeNs: number,
  ): void {
    const row = this.rowOfTransfer.get(transfer);
    if (row === undefined) return;
    this.rowOfTransfer.delete(transfer);
    this.messageTimes.deliveredNs[row] = timeNs;
  }

  /** All that was written down so far. */
  record(): TraceRecord {
    const { node, name, redo } = this.jobNumbers;
    const { startNs, endNs } = this.jobTimes;
    const { from, to, kind } = this.messageNumbers;
    const { bytes, sentNs, deliveredNs } = this.messageTimes;
    return {
      names: [...this.names.keys()],
      jobs: {
        node: Int32Array.from(node),
        name: Int32Array.from(name),
        redo: Int32Array.from(redo),
        startNs: Float64Array.from(startNs),
        endNs: Float64Array.from(endNs),
      },
      messages: {
        from: Int32Array.from(from),
        to: Int32Array.from(to),
        kind: Int32Array.from(kind),
        bytes: Float64Array.from(bytes),
        sentNs: Float64Array.from(sentNs),
        deliveredNs: Float64Array.from(deliveredNs),
      },
      leftOut: this.leftOut,
    };
  }

  private admits(): boolean {
    const rows = this.jobTimes.endNs.length + this.messageTimes.bytes.length;
    if (rows < this.rowsMax) return true;
    this.leftOut += 1;
    return false;
  }

  private numberOf(name: string): number {
    const known = this.names.get(name);
    if (known !== undefined) return known;
    this.names.set(name, this.names.size);
    return this.names.size - 1;
  }
}
