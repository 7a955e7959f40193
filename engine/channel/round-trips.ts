/**
 * How long a frame of next to no bytes takes to a peer and back, as paths are now, looked up once until they change; and
 * how long an acknowledgement is waited for.
 */
import type { NodeId } from '../world.ts';
import { MESSAGE_HEADER_BYTES } from '../world.ts';

/** A time-out is at least this many round trips (PROTOCOLS section 0). */
const TIME_OUT_ROUND_TRIPS = 3;

export class RoundTrips {
  /** By pair of nodes. */
  private readonly known = new Map<number, number>();

  constructor(
    private readonly nodeCount: number,
    private readonly pathNs: (from: NodeId, to: NodeId, bytes: number) => number,
  ) {}

  ns(from: NodeId, to: NodeId): number {
    const pair = from * this.nodeCount + to;
    let ns = this.known.get(pair);
    if (ns !== undefined) return ns;
    ns = this.pathNs(from, to, MESSAGE_HEADER_BYTES) + this.pathNs(to, from, MESSAGE_HEADER_BYTES);
    this.known.set(pair, ns);
    return ns;
  }

  /**
   * How long after a frame of that size has reached the peer its acknowledgement is overdue: RTO = max(3 RTT, 2 S/beta +
   * 2 alpha) of PROTOCOLS section 0.
   */
  timeOutNs(from: NodeId, to: NodeId, bytes: number): number {
    return Math.max(TIME_OUT_ROUND_TRIPS * this.ns(from, to), 2 * this.pathNs(from, to, bytes));
  }

  /** Paths change. */
  forget(): void {
    this.known.clear();
  }
}
