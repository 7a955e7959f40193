/** The shape of a network: links and routes, computed on demand. It moves no bytes; the sharing rules do. */
import type { NodeId } from '../world.ts';

/** One direction of one cable, NIC or backbone: a resource of its own. */
export interface Link {
  readonly id: string;
  readonly bandwidthBytesPerSecond: number;
  readonly latencyNs: number;
}

export interface Topology {
  readonly kind: string;
  readonly nodeCount: number;
  readonly linkCount: number;
  link(index: number): Link;
  /**
   * Writes the links of the route from source to target into `into` (long enough for `longestRoute`) and
   * returns their number; 0 for a node to itself. The latency of a message is the sum of its links' latencies.
   */
  route(source: NodeId, target: NodeId, into: Int32Array): number;
  /**
   * The two ends of a link: nodes by their numbers, switches by higher ones. Present where messages can be rerouted
   * around a cut cable; left out where no two nodes have more than one path.
   */
  ends?(index: number): { readonly from: number; readonly to: number };
  /** The most links any route has. */
  readonly longestRoute: number;
}
