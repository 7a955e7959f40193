/** The hardware of a scenario, for the engine: hosts, paths between them, and storage. */
import type { StorageSpec } from '../engine/faults/fault-rule.ts';
import type { HostSpec, MessageCost } from '../engine/host-spec.ts';
import type { Topology } from '../engine/network/topology.ts';
import type { Assignment } from '../models/spec/assignment.ts';
import { nanoseconds } from './nanoseconds.ts';
import type { ResolvedHost, ResolvedScenario } from './scenario/resolved.ts';

function storageSpec({ latency, bandwidth }: { latency: number; bandwidth: number }): StorageSpec {
  return { latencyNs: nanoseconds(latency), bandwidthBytesPerSecond: bandwidth };
}

/** One number is the same for any samples. */
export function efficiencyRows(given: ResolvedHost['efficiency']): HostSpec['efficiency'] {
  if (typeof given === 'number') return [{ samples: 1, efficiency: given }];
  return given && [...given].sort((one, other) => one.samples - other.samples);
}

function messageCost({
  overhead,
  bandwidth,
}: {
  overhead: number;
  bandwidth?: number;
}): MessageCost {
  return { overheadNs: nanoseconds(overhead), bandwidthBytesPerSecond: bandwidth ?? Infinity };
}

function hostSpec(host: ResolvedHost): HostSpec {
  const { speed, memory, taskOverhead, memoryBandwidth, sending, receiving, disk } = host;
  const efficiency = efficiencyRows(host.efficiency);
  return {
    speedFlopsPerSecond: speed,
    memoryBytes: memory ?? Infinity,
    taskOverheadNs: nanoseconds(taskOverhead),
    ...(efficiency ? { efficiency } : {}),
    ...(memoryBandwidth ? { memoryBandwidthBytesPerSecond: memoryBandwidth } : {}),
    ...(sending ? { sending: messageCost(sending) } : {}),
    ...(receiving ? { receiving: messageCost(receiving) } : {}),
    ...(disk ? { disk: storageSpec(disk) } : {}),
  };
}

/** One host a node, in ring order. */
export function hostsOf({ cluster }: ResolvedScenario): HostSpec[] {
  const hosts = hostSpecs(cluster);
  const { machines } = cluster;
  if (machines === undefined || machines.cores >= machines.nodes) return hosts;
  const { nodes, cores } = machines;
  return hosts.map((host, node) => ({
    ...host,
    machine: { number: Math.floor(node / nodes), cores },
  }));
}

function hostSpecs(cluster: ResolvedScenario['cluster']): HostSpec[] {
  if (cluster.host) return new Array<HostSpec>(cluster.nodes).fill(hostSpec(cluster.host));
  return (cluster.hosts ?? []).flatMap((kind) =>
    new Array<HostSpec>(kind.count).fill(hostSpec(kind)),
  );
}

/** The nominal path between two nodes: summed latency and the bandwidth of its slowest link. */
export function pathOf(topology: Topology): Assignment['path'] {
  const route = new Int32Array(Math.max(1, topology.longestRoute));
  return (source, target) => {
    let latencyNs = 0;
    let bandwidthBytesPerSecond = Infinity;
    for (let hop = topology.route(source, target, route) - 1; hop >= 0; hop--) {
      const link = topology.link(route[hop]);
      latencyNs += link.latencyNs;
      bandwidthBytesPerSecond = Math.min(bandwidthBytesPerSecond, link.bandwidthBytesPerSecond);
    }
    return { latencyNs, bandwidthBytesPerSecond };
  };
}

/** Where checkpoints go; undefined where the scenario asks for none. */
export function storageOf({ checkpoint }: ResolvedScenario): StorageSpec | undefined {
  return checkpoint && storageSpec(checkpoint.to);
}
