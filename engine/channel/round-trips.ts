/** How long a frame of next to no bytes takes to a peer and back, as paths are now; looked up once until they change. */
import type { NodeId } from '../world.ts';
import { MESSAGE_HEADER_BYTES } from '../world.ts';

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

  /** Paths change. */
  forget(): void {
    this.known.clear();
  }
}
