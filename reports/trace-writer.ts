/**
 * An observer that writes a run as Chrome trace events while it runs: slices for jobs, for waiting, and for the
 * instants of sending and receiving; an arrow and a span for each message. Its memory does not grow with the run. It
 * stops at a limit, and counts what it leaves out.
 */
import type { InjectedFault } from '../engine/faults/fault-rule.ts';
import type { Observer } from '../engine/observer.ts';
import type { RunResult } from '../engine/result.ts';
import type { Job, Message, NodeId } from '../engine/world.ts';
import { jobRow, messageRow } from './trace-rows.ts';
import { TraceWaiting } from './trace-waiting.ts';

interface InFlight {
  readonly id: string;
  readonly bytes: number;
  readonly sentNs: number;
}

/** What a node sends and receives at one instant: a single slice, since slices of a row must nest. */
interface Instant {
  readonly counts: Map<string, number>;
  bytes: number;
  readonly arrows: object[];
}

export class TraceWriter implements Observer {
  /** Jobs and messages that came after the limit. */
  leftOut = 0;
  private admitted = 0;
  private messages = 0;
  private nowNs = 0;
  private readonly instants = new Map<NodeId, Instant>();
  /** By transfer number, which is reused once the message is delivered. */
  private readonly inFlight = new Map<number, InFlight>();
  private readonly waiting: TraceWaiting;

  /**
   * `pid` tells the run from others of the file. `limit` is the most jobs and messages. `write` gets the text of an
   * event, preceded by a comma and a line break. `lagNs` is how long before a job the message may have come that let it
   * begin.
   */
  constructor(
    private readonly pid: number,
    private readonly limit: number,
    private readonly write: (text: string) => void,
    lagNs = 0,
  ) {
    this.waiting = new TraceWaiting(pid, (event) => this.emit(event), lagNs);
  }

  jobStarted(node: NodeId, _job: Job, timeNs: number): void {
    if (this.admitted < this.limit) this.waiting.jobStarted(node, timeNs);
  }

  jobEnded(node: NodeId, job: Job, startNs: number, endNs: number): void {
    this.waiting.begin(node, endNs);
    if (!this.admits()) return;
    const [ts, dur] = [startNs / 1000, (endNs - startNs) / 1000];
    const place = { pid: this.pid, tid: jobRow(node) };
    const cat = job.redo === true ? 'redo' : 'busy';
    this.emit({ ph: 'X', ...place, ts, dur, name: job.name, cat });
  }

  messageSent(
    transfer: number,
    from: NodeId,
    _to: NodeId,
    { kind }: Message,
    bytes: number,
    timeNs: number,
  ): void {
    // The number may have belonged to a message that never arrived.
    this.inFlight.delete(transfer);
    if (!this.admits()) return;
    const id = `${this.pid}.${++this.messages}`;
    this.inFlight.set(transfer, { id, bytes, sentNs: timeNs });
    this.happened(from, timeNs, `send ${kind}`, bytes, { ph: 's', id, name: kind });
  }

  messageDelivered(
    transfer: number,
    from: NodeId,
    to: NodeId,
    { kind }: Message,
    timeNs: number,
  ): void {
    this.waiting.arrived(to, kind, from, timeNs);
    const message = this.inFlight.get(transfer);
    if (!message) return;
    this.inFlight.delete(transfer);
    const { id, bytes, sentNs } = message;
    this.happened(to, timeNs, `receive ${kind}`, bytes, { ph: 'f', bp: 'e', id, name: kind });
    const span = { pid: this.pid, tid: messageRow(from), id, name: kind, cat: 'on the wire' };
    const args = { from, to, bytes };
    this.emit({ ph: 'b', ...span, ts: sentNs / 1000, args });
    this.emit({ ph: 'e', ...span, ts: timeNs / 1000 });
  }

  faultBegan({ kind, nodes, timeNs }: InjectedFault): void {
    if (kind === 'crash') for (const node of nodes) this.waiting.end(node, timeNs, 'waits');
  }

  faultEnded({ kind, nodes }: InjectedFault, timeNs: number): void {
    if (kind === 'crash') for (const node of nodes) this.waiting.begin(node, timeNs);
  }

  /** The run is over. A deadlock report knows best what the nodes waited for. */
  end({ timeNs, failure, nodes }: Pick<RunResult, 'timeNs' | 'failure' | 'nodes'>): void {
    this.flush();
    if (this.leftOut > 0) return;
    const standings = failure?.kind === 'deadlock' ? failure.nodes : [];
    const waitsForByNode = new Map(
      standings.map(({ node, waitsFor }) => [node, `waits for ${waitsFor}`]),
    );
    for (let node = 0; node < nodes.count; node++)
      this.waiting.end(node, timeNs, waitsForByNode.get(node) ?? 'waits');
  }

  private admits(): boolean {
    if (this.admitted < this.limit) this.admitted += 1;
    else this.leftOut += 1;
    return this.leftOut === 0;
  }

  private happened(node: NodeId, timeNs: number, text: string, bytes: number, arrow: object): void {
    if (timeNs !== this.nowNs) this.flush();
    this.nowNs = timeNs;
    const fresh: Instant = { counts: new Map(), bytes: 0, arrows: [] };
    const instant = this.instants.get(node) ?? fresh;
    this.instants.set(node, instant);
    instant.counts.set(text, (instant.counts.get(text) ?? 0) + 1);
    instant.bytes += bytes;
    instant.arrows.push(arrow);
  }

  /** Writes the instant that is over. */
  private flush(): void {
    const ts = this.nowNs / 1000;
    for (const [node, { counts, bytes, arrows }] of this.instants) {
      const place = { pid: this.pid, tid: messageRow(node), ts, cat: 'message' };
      const texts = [...counts].map(([text, count]) => (count > 1 ? `${text} x ${count}` : text));
      this.emit({ ph: 'X', ...place, dur: 0, name: texts.join(', '), args: { bytes } });
      for (const arrow of arrows) this.emit({ ...arrow, ...place });
    }
    this.instants.clear();
  }

  private emit(event: object): void {
    this.write(`,\n${JSON.stringify(event)}`);
  }
}
