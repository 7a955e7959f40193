/** Rules between the network and the rest of the cluster, and network fields without effect. */
import { leastPorts } from '../../engine/network/topologies/fat-tree.ts';
import type { ResolvedCluster } from './resolved.ts';
import { show } from './show.ts';

/** Kinds of network in which every host has a link of its own, so that hosts may differ in it. */
const OWN_LINKS: readonly string[] = ['ring', 'star', 'racks', 'clusters'];

/** The first broken rule between network and cluster, in one sentence; null if there is none. */
export function networkFault(cluster: ResolvedCluster): string | null {
  const { nodes, network, host, hosts } = cluster;
  const kinds = [
    ...(host ? [{ host, path: 'cluster.host' }] : []),
    ...(hosts ?? []).map((one, index) => ({ host: one, path: `cluster.hosts[${index}]` })),
  ];
  for (const { host: one, path } of kinds)
    for (const field of ['bandwidth', 'latency'] as const)
      if (one[field] !== undefined && !OWN_LINKS.includes(network.kind))
        return `${path}.${field} is ${one[field]}, but in a network of kind '${network.kind}' hosts have no link of their own; cluster.network.${field} would be right`;
  if (network.kind === 'torus' && network.rows !== undefined && nodes % network.rows !== 0)
    return `cluster.network.rows is ${network.rows}, which does not divide ${nodes} nodes; a divisor would be right`;
  if (network.kind === 'fat-tree' && network.ports !== undefined) {
    const { ports } = network;
    if (ports % 2 !== 0) return `cluster.network.ports is ${ports}; an even number would be right`;
    if (ports ** 3 / 4 < nodes)
      return `cluster.network.ports is ${ports}, which makes a fat-tree of ${ports ** 3 / 4} hosts; more ports for ${nodes} nodes would be right`;
  }
  if (network.kind !== 'links') return null;
  for (const [index, { from, to }] of network.links.entries()) {
    const path = `cluster.network.links[${index}]`;
    for (const [field, end] of [
      ['from', from],
      ['to', to],
    ] as const)
      if (typeof end === 'number' && end >= nodes)
        return `${path}.${field} is ${end}; a node from 0 to ${nodes - 1}, or a switch's name, would be right`;
    if (from === to) return `${path} goes from ${show(from)} to itself; two ends would be right`;
  }
  return null;
}

/** A sentence for each network field without effect. */
export function networkEffects({ nodes, network, jitter }: ResolvedCluster): string[] {
  const warnings: string[] = [];
  const core = 'coreLatency' in network && network.coreLatency !== undefined;
  if (core && network.kind === 'racks' && nodes <= network.nodesPerRack)
    warnings.push('cluster.network.coreLatency has no effect with one rack');
  if (core && network.kind === 'fat-tree' && nodes <= (network.ports ?? leastPorts(nodes)) / 2)
    warnings.push('cluster.network.coreLatency has no effect with one switch');
  if (network.kind === 'clusters' && nodes <= network.nodesPerGroup)
    warnings.push('cluster.network.outside has no effect with one group');
  for (const field of ['compute', 'latency'] as const) {
    const chance = jitter?.[field];
    if (chance?.kind === 'constant' && chance.value === 1)
      warnings.push(`cluster.jitter.${field} has no effect: it is always 1`);
  }
  return warnings;
}
