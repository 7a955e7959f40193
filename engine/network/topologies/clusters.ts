/** Groups with a fast inside and a slow outside, such as GPU servers on Ethernet or data centres over a WAN. */
import type { PerNode } from '../per-node.ts';
import type { Topology } from '../topology.ts';
import { groupsTopology } from './groups.ts';

export interface Clusters {
  readonly nodes: number;
  readonly nodesPerGroup: number;
  /** Each node's NIC inside its group, and one-way latency between two nodes of a group. */
  readonly bandwidthBytesPerSecond: PerNode;
  readonly latencyNs: PerNode;
  /** The port that a whole group shares, and the latency that a path between groups adds. */
  readonly outsideBandwidthBytesPerSecond: number;
  readonly outsideLatencyNs: number;
}

export function clustersTopology({ nodesPerGroup, ...rest }: Clusters): Topology {
  return groupsTopology({
    ...rest,
    kind: 'clusters',
    groupSize: nodesPerGroup,
    groupName: 'group',
  });
}
