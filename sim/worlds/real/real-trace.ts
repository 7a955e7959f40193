/**
 * The trace of a real run: what its nodes tell of themselves, each in an order of its own, told to a writer of traces in
 * the order of time when the run is over.
 */
import type { InjectedFault } from '../../../engine/faults/fault-rule.ts';
import type { Observer } from '../../../engine/observer.ts';
import {
  MESSAGE_HEADER_BYTES,
  type Job,
  type Message,
  type NodeId,
} from '../../../engine/world.ts';
import { TraceSpool, type SpooledTrace, type TraceRequest } from '../../output/trace-spool.ts';
import { TraceWriter } from '../../../reports/trace-writer.ts';
import type { RunResult } from '../../../engine/result.ts';
import type { TraceEntry } from '../board.ts';

/** Between a message and the job that it made possible lie handlers, which take time here. */
const LAG_NS = 1e6;

interface Happening {
  readonly timeNs: number;
  tell(writer: TraceWriter): void;
}

export class RealTrace implements Observer {
  private readonly happened: Happening[] = [];
  private leftOut = 0;
  /** The numbers of messages that are under way, by who sent them to whom and when. */
  private readonly underWay = new Map<string, number[]>();
  private messages = 0;

  /** A node has told of itself. */
  heard(node: NodeId, entries: readonly TraceEntry[], leftOut: number): void {
    this.leftOut += leftOut;
    for (const entry of entries) this.add(node, entry);
  }

  faultBegan(fault: InjectedFault): void {
    this.put(fault.timeNs, (writer) => writer.faultBegan(fault));
  }

  faultEnded(fault: InjectedFault, timeNs: number): void {
    this.put(timeNs, (writer) => writer.faultEnded(fault, timeNs));
  }

  /** Writes all of it into the spool file from that place on. */
  write(result: RunResult, { file, limit }: TraceRequest, pid: number, from: number): SpooledTrace {
    const spool = new TraceSpool(file, from);
    const writer = new TraceWriter(pid, limit, (text) => spool.write(text), LAG_NS);
    // What happened at one instant stays in the order of telling.
    this.happened.sort((one, other) => one.timeNs - other.timeNs);
    for (const { tell } of this.happened) tell(writer);
    writer.end(result);
    return spool.end(writer.leftOut + this.leftOut);
  }

  private add(node: NodeId, entry: TraceEntry): void {
    if (entry.kind === 'job') {
      const { name, redo, startNs, endNs } = entry;
      const job = { name, redo } as Job;
      this.put(startNs, (writer) => writer.jobStarted(node, job, startNs));
      this.put(endNs, (writer) => writer.jobEnded(node, job, startNs, endNs));
      return;
    }
    const message = { kind: entry.message } as Message;
    const { timeNs } = entry;
    if (entry.kind === 'sent') {
      const { to, bytes } = entry;
      this.put(timeNs, (writer) => {
        const number = this.begin(`${node} ${to} ${timeNs}`);
        writer.messageSent(number, node, to, message, bytes + MESSAGE_HEADER_BYTES, timeNs);
      });
    } else {
      const { from, sentNs } = entry;
      // Clocks of two machines may say that it came before it was sent.
      this.put(Math.max(timeNs, sentNs), (writer) => {
        const number = this.end(`${from} ${node} ${sentNs}`);
        if (number !== null) writer.messageDelivered(number, from, node, message, timeNs);
      });
    }
  }

  private put(timeNs: number, tell: Happening['tell']): void {
    this.happened.push({ timeNs, tell });
  }

  private begin(key: string): number {
    const numbers = this.underWay.get(key) ?? [];
    this.underWay.set(key, numbers);
    numbers.push(this.messages);
    return this.messages++;
  }

  private end(key: string): number | null {
    const numbers = this.underWay.get(key);
    if (numbers === undefined) return null;
    const number = numbers.shift()!;
    if (numbers.length === 0) this.underWay.delete(key);
    return number;
  }
}
