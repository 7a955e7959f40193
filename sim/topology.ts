/** Turns the network of a scenario into a topology of the engine. */
import { ringTopology } from '../engine/network/ring.ts';
import { starTopology } from '../engine/network/star.ts';
import { clustersTopology } from '../engine/network/topologies/clusters.ts';
import { fatTreeTopology, leastPorts } from '../engine/network/topologies/fat-tree.ts';
import { graphTopology, type Edge } from '../engine/network/topologies/graph.ts';
import { racksTopology } from '../engine/network/topologies/racks.ts';
import { squarestRows, torusTopology } from '../engine/network/topologies/torus.ts';
import type { Topology } from '../engine/network/topology.ts';
import { nanoseconds } from './nanoseconds.ts';
import { BadInput } from './scenario/bad-input.ts';
import type {
  ResolvedCluster,
  ResolvedHost,
  ResolvedNetwork,
  ResolvedScenario,
} from './scenario/resolved.ts';

type LinksNetwork = Extract<ResolvedNetwork, { kind: 'links' }>;

/** @throws BadInput when listed links leave a node out */
export function topologyOf({ cluster }: ResolvedScenario): Topology {
  const { nodes, network } = cluster;
  const { bandwidth } = network;
  const latencyNs = nanoseconds(network.latency);
  const bandwidths = perHost(cluster, (host) => host.bandwidth, bandwidth);
  const latencies = perHost(
    cluster,
    (host) => (host.latency === undefined ? undefined : nanoseconds(host.latency)),
    latencyNs,
  );
  switch (network.kind) {
    case 'ring':
      return ringTopology(nodes, bandwidths, latencies);
    case 'star':
      return starTopology(nodes, bandwidths, latencies);
    case 'torus': {
      const rows = network.rows ?? squarestRows(nodes);
      return torusTopology(rows, nodes / rows, bandwidth, latencyNs);
    }
    case 'racks':
      return racksTopology({
        nodes,
        nodesPerRack: network.nodesPerRack,
        oversubscription: network.oversubscription,
        bandwidthBytesPerSecond: bandwidth,
        nodeBandwidthsBytesPerSecond: bandwidths,
        latencyNs: latencies,
        coreLatencyNs: nanoseconds(network.coreLatency ?? network.latency),
      });
    case 'fat-tree':
      return fatTreeTopology({
        nodes,
        ports: network.ports ?? leastPorts(nodes),
        bandwidthBytesPerSecond: bandwidth,
        latencyNs,
        coreLatencyNs: nanoseconds(network.coreLatency ?? network.latency),
      });
    case 'clusters':
      return clustersTopology({
        nodes,
        nodesPerGroup: network.nodesPerGroup,
        bandwidthBytesPerSecond: bandwidths,
        latencyNs: latencies,
        outsideBandwidthBytesPerSecond: network.outside.bandwidth,
        outsideLatencyNs: nanoseconds(network.outside.latency),
      });
    case 'links':
      return linksTopology(nodes, network);
  }
}

/** A figure of every host's own link, in ring order; one number where no host sets its own. */
function perHost(
  { host, hosts, nodes }: ResolvedCluster,
  own: (host: ResolvedHost) => number | undefined,
  common: number,
): number | number[] {
  if (host) return own(host) ?? common;
  const kinds = hosts ?? [];
  if (kinds.every((kind) => own(kind) === undefined)) return common;
  const figures = new Array<number>(nodes);
  let node = 0;
  for (const kind of kinds) {
    figures.fill(own(kind) ?? common, node, node + kind.count);
    node += kind.count;
  }
  return figures;
}

function linksTopology(nodes: number, network: LinksNetwork): Topology {
  const switches = new Map<string, number>();
  const vertex = (end: number | string): number => {
    if (typeof end === 'number') return end;
    const known = switches.get(end) ?? nodes + switches.size;
    switches.set(end, known);
    return known;
  };
  const names = new Map<string, number>();
  const edges: Edge[] = [];
  for (const { from, to, bandwidth, latency, oneWay } of network.links) {
    const add = (source: number | string, target: number | string) => {
      const name = `${source}->${target}`;
      const earlier = names.get(name) ?? 0;
      names.set(name, earlier + 1);
      edges.push({
        id: earlier === 0 ? name : `${name} (${earlier + 1})`,
        from: vertex(source),
        to: vertex(target),
        bandwidthBytesPerSecond: bandwidth ?? network.bandwidth,
        latencyNs: nanoseconds(latency ?? network.latency),
      });
    };
    add(from, to);
    if (!oneWay) add(to, from);
  }
  try {
    return graphTopology(nodes, nodes + switches.size, edges);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new BadInput(`cluster.network.links: ${error.message}`);
  }
}
