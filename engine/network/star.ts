/**
 * A star: every node has one full-duplex NIC into a switch that never blocks. All that a node sends shares its
 * egress, all that it receives its ingress (PROTOCOLS section 0). Link 2i is the egress of node i and carries the
 * whole one-way latency, link 2i + 1 is its ingress.
 */
import { ofNode, type PerNode } from './per-node.ts';
import type { Link, Topology } from './topology.ts';

export function starTopology(
  nodes: number,
  bandwidthsBytesPerSecond: PerNode,
  latenciesNs: PerNode,
): Topology {
  const link = (index: number): Link => {
    const node = index >> 1;
    const bandwidthBytesPerSecond = ofNode(bandwidthsBytesPerSecond, node);
    return index % 2 === 0
      ? { id: `node ${node} egress`, bandwidthBytesPerSecond, latencyNs: ofNode(latenciesNs, node) }
      : { id: `node ${node} ingress`, bandwidthBytesPerSecond, latencyNs: 0 };
  };
  const route = (source: number, target: number, into: Int32Array): number => {
    if (source === target) return 0;
    into[0] = 2 * source;
    into[1] = 2 * target + 1;
    return 2;
  };
  return { kind: 'star', nodeCount: nodes, linkCount: 2 * nodes, link, route, longestRoute: 2 };
}
