/** Racks behind an oversubscribed core: a rack's port carries a fraction of what its nodes could send together. */
import type { PerNode } from '../per-node.ts';
import type { Topology } from '../topology.ts';
import { groupsTopology } from './groups.ts';

interface Racks {
  readonly nodes: number;
  readonly nodesPerRack: number;
  /** What the nodes of a full rack can send, over what its port carries; 1 is a core that never blocks. */
  readonly oversubscription: number;
  /** The bandwidth that racks are dimensioned for, and each node's own NIC where that differs. */
  readonly bandwidthBytesPerSecond: number;
  readonly nodeBandwidthsBytesPerSecond?: PerNode;
  /** One-way latency inside a rack. */
  readonly latencyNs: PerNode;
  /** Latency that a path through the core adds. */
  readonly coreLatencyNs: number;
}

export function racksTopology(racks: Racks): Topology {
  const { nodes, nodesPerRack, oversubscription, bandwidthBytesPerSecond, latencyNs } = racks;
  return groupsTopology({
    kind: 'racks',
    nodes,
    groupSize: nodesPerRack,
    groupName: 'rack',
    bandwidthBytesPerSecond: racks.nodeBandwidthsBytesPerSecond ?? bandwidthBytesPerSecond,
    latencyNs,
    outsideBandwidthBytesPerSecond: (nodesPerRack * bandwidthBytesPerSecond) / oversubscription,
    outsideLatencyNs: racks.coreLatencyNs,
  });
}
