/**
 * What nodes wait for, as far as it is known: a slice from the end of one job to the start of the next. If the next
 * job starts at the instant a message arrives, or within a lag of it, that message is taken as the cause.
 */
import type { NodeId } from '../engine/world.ts';
import { waitingRow } from './trace-rows.ts';

interface Waiting {
  /** Null while the node computes, or is down. */
  sinceNs: number | null;
  arrivedNs: number;
  arrived: string;
}

export class TraceWaiting {
  private readonly nodes = new Map<NodeId, Waiting>();

  constructor(
    private readonly pid: number,
    private readonly write: (event: object) => void,
    private readonly lagNs: number,
  ) {}

  arrived(node: NodeId, kind: string, from: NodeId, timeNs: number): void {
    const waiting = this.of(node);
    waiting.arrivedNs = timeNs;
    waiting.arrived = from === node ? `${kind} from itself` : `${kind} from node ${from}`;
  }

  /** The node has begun a job. */
  jobStarted(node: NodeId, timeNs: number): void {
    const { arrivedNs, arrived } = this.of(node);
    this.end(node, timeNs, arrivedNs >= timeNs - this.lagNs ? `waits for ${arrived}` : 'waits');
  }

  /** The node waits from now on. */
  begin(node: NodeId, timeNs: number): void {
    this.of(node).sinceNs = timeNs;
  }

  /** The node stops waiting, for that reason. */
  end(node: NodeId, timeNs: number, name: string): void {
    const waiting = this.of(node);
    const { sinceNs } = waiting;
    waiting.sinceNs = null;
    if (sinceNs === null || sinceNs === timeNs) return;
    const dur = (timeNs - sinceNs) / 1000;
    const place = { pid: this.pid, tid: waitingRow(node) };
    this.write({ ph: 'X', ...place, ts: sinceNs / 1000, dur, name, cat: 'waiting' });
  }

  private of(node: NodeId): Waiting {
    const known = this.nodes.get(node);
    if (known) return known;
    const fresh = { sinceNs: 0, arrivedNs: -1, arrived: '' };
    this.nodes.set(node, fresh);
    return fresh;
  }
}
