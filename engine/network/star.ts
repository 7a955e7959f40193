/**
 * A star: every node has one full-duplex NIC into a switch that never blocks. All that a node sends shares its
 * egress, all that it receives its ingress (PROTOCOLS section 0). Link 2i is the egress of node i and carries the
 * whole one-way latency, link 2i + 1 is its ingress.
 */
import type { Link, Topology } from './topology.ts';

export function starTopology(
  nodes: number,
  bandwidthBytesPerSecond: number,
  latencyNs: number,
): Topology {
  const link = (index: number): Link =>
    index % 2 === 0
      ? { id: `node ${index >> 1} egress`, bandwidthBytesPerSecond, latencyNs }
      : { id: `node ${index >> 1} ingress`, bandwidthBytesPerSecond, latencyNs: 0 };
  const route = (source: number, target: number, into: Int32Array): number => {
    if (source === target) return 0;
    into[0] = 2 * source;
    into[1] = 2 * target + 1;
    return 2;
  };
  return { kind: 'star', nodeCount: nodes, linkCount: 2 * nodes, link, route, longestRoute: 2 };
}
