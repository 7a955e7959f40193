/**
 * Groups of nodes with a fast inside and a slower outside: racks behind an oversubscribed core, GPU servers, data
 * centres over a WAN. Inside a group the nodes form a star; every group has one full-duplex port to a core that never
 * blocks. A message to another group takes its sender's egress, the group's outgoing port, the other group's incoming
 * port and its receiver's ingress.
 */
import { ofNode, type PerNode } from '../per-node.ts';
import type { Link, Topology } from '../topology.ts';

export interface Groups {
  readonly kind: string;
  readonly nodes: number;
  /** Nodes in a group; the last group has what is left. */
  readonly groupSize: number;
  /** What a group is called in link ids, such as `rack`. */
  readonly groupName: string;
  /** Each direction of every node's NIC. */
  readonly bandwidthBytesPerSecond: PerNode;
  /** One-way latency between two nodes of a group, by sender. */
  readonly latencyNs: PerNode;
  /** Each direction of every group's port. */
  readonly outsideBandwidthBytesPerSecond: number;
  /** Latency that a path between two groups adds. */
  readonly outsideLatencyNs: number;
}

/** Links 2i and 2i + 1 are egress and ingress of node i, links 2(nodes + g) and the next the ports of group g. */
export function groupsTopology(groups: Groups): Topology {
  const { kind, nodes, groupSize, groupName } = groups;
  const groupCount = Math.ceil(nodes / groupSize);
  const link = (index: number): Link => {
    const isLeaving = index % 2 === 0;
    const node = index >> 1;
    if (node < nodes)
      return {
        id: `node ${node} ${isLeaving ? 'egress' : 'ingress'}`,
        bandwidthBytesPerSecond: ofNode(groups.bandwidthBytesPerSecond, node),
        latencyNs: isLeaving ? ofNode(groups.latencyNs, node) : 0,
      };
    return {
      id: `${groupName} ${node - nodes} ${isLeaving ? 'out' : 'in'}`,
      bandwidthBytesPerSecond: groups.outsideBandwidthBytesPerSecond,
      latencyNs: isLeaving ? groups.outsideLatencyNs : 0,
    };
  };
  const route = (source: number, target: number, into: Int32Array): number => {
    if (source === target) return 0;
    const from = Math.floor(source / groupSize);
    const to = Math.floor(target / groupSize);
    let hops = 0;
    into[hops++] = 2 * source;
    if (from !== to) {
      into[hops++] = 2 * (nodes + from);
      into[hops++] = 2 * (nodes + to) + 1;
    }
    into[hops++] = 2 * target + 1;
    return hops;
  };
  const linkCount = 2 * (nodes + groupCount);
  return { kind, nodeCount: nodes, linkCount, link, route, longestRoute: 4 };
}
