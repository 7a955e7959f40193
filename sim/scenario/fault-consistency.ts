/**
 * Rules between the fields of a fault and the cluster, one sentence each when broken. Roles are known to a protocol's
 * plan alone: see fault-rules.ts.
 */
import { formatCounted } from '../../engine/format.ts';
import type { FaultScope, FaultTarget, FaultTiming, TimedFault } from '../../scenarios/fault.ts';
import type { ResolvedCluster, ResolvedScenario } from './resolved.ts';
import { oneOf } from './show.ts';

/** The first thing that is wrong with the scenario's faults, in one sentence; null if nothing is. */
export function wrongFault({ faults, cluster }: ResolvedScenario): string | null {
  for (const [index, fault] of faults.entries()) {
    if ('trace' in fault) continue;
    const path = `faults[${index}]`;
    const sentence = wrongTiming(fault, path) ?? wrongEffect(fault, path, cluster);
    if (sentence) return sentence;
  }
  return null;
}

function wrongTiming({ at, every, shape, from, until }: FaultTiming<number>, path: string) {
  if (at === undefined && every === undefined)
    return `${path} has no time; at or every would be right`;
  if (at !== undefined && every !== undefined)
    return `${path} has both at and every; one of them would be right`;
  if (at !== undefined)
    for (const [name, value] of Object.entries({ shape, from, until }))
      if (value !== undefined)
        return `${path}.${name} is ${value}, but says nothing of a fault that strikes once; every instead of at would be right`;
  if (until !== undefined && until <= (from ?? 0))
    return `${path}.until is ${until}, but from is ${from ?? 0}; a time after that would be right`;
  return null;
}

function wrongEffect(fault: TimedFault<number>, path: string, cluster: ResolvedCluster) {
  const { nodes } = cluster;
  switch (fault.kind) {
    case 'crash':
    case 'pause':
    case 'slow':
      return wrongTarget(fault, path, cluster);
    case 'partition':
      return wrongGroups(fault.groups, `${path}.groups`, nodes);
    case 'cut':
      if (fault.between === undefined && fault.node === undefined)
        return `${path} cuts nothing; between or node would be right`;
      break;
    case 'degrade':
      if (fault.bandwidth === undefined && fault.latency === undefined)
        return `${path} degrades nothing; bandwidth or latency would be right`;
  }
  return wrongScope(fault, path, nodes);
}

const WHO = ['node', 'nodes', 'role', 'rack'] as const;
const HOW_MANY = ['random', 'neighbours'] as const;

function wrongTarget(target: FaultTarget, path: string, cluster: ResolvedCluster): string | null {
  const who = WHO.filter((field) => target[field] !== undefined);
  const many = HOW_MANY.filter((field) => target[field] !== undefined);
  const all = [...WHO, ...HOW_MANY];
  if (who.length + many.length === 0)
    return `${path} strikes nobody; ${all.slice(0, -1).join(', ')} or neighbours would be right`;
  const clash = who.length > 1 ? who : many.length > 1 ? many : null;
  if (clash) return `${path} has both ${clash[0]} and ${clash[1]}; one of them would be right`;
  if (target.node !== undefined && many.length > 0)
    return `${path} has both node and ${many[0]}; one of them would be right`;
  const among = wrongAmong(target, path, cluster);
  // How many nodes have a role is known only to each protocol's plan.
  if (among || target.role !== undefined) return among;
  const most = hostsAmong(target, cluster).length;
  for (const field of many)
    if ((target[field] ?? 0) > most) return tooMany(path, field, target, most);
  return null;
}

function wrongAmong(target: FaultTarget, path: string, cluster: ResolvedCluster): string | null {
  const { nodes, network } = cluster;
  if (target.node !== undefined && target.node >= nodes)
    return `${path}.node is ${target.node}; ${aNode(nodes)} would be right`;
  if (target.nodes !== undefined) return wrongList(target.nodes, `${path}.nodes`, nodes);
  if (target.rack === undefined) return null;
  const size = rackSize(cluster);
  if (size === null)
    return `${path}.rack is ${target.rack}, but a network of kind '${network.kind}' has no racks; one of kind ${oneOf(['racks', 'clusters'])} would be right`;
  const racks = Math.ceil(nodes / size);
  return target.rack < racks
    ? null
    : `${path}.rack is ${target.rack}; ${racks === 1 ? '0' : `a rack from 0 to ${racks - 1}`} would be right`;
}

/** The sentence for more nodes than there are. */
export function tooMany(
  path: string,
  field: 'random' | 'neighbours',
  target: FaultTarget,
  most: number,
): string {
  const right = most === 1 ? '1' : `a number from 1 to ${most}`;
  return `${path}.${field} is ${target[field]}, but there ${most === 1 ? 'is' : 'are'} ${formatCounted(most, 'node')} to strike; ${right} would be right`;
}

/** Nodes of a rack, or of a group of clusters; null where the network has neither. */
function rackSize({ network }: ResolvedCluster): number | null {
  if (network.kind === 'racks') return network.nodesPerRack;
  return network.kind === 'clusters' ? network.nodesPerGroup : null;
}

/** The hosts that a target without a role names, before any are drawn. */
export function hostsAmong(target: FaultTarget, cluster: ResolvedCluster): number[] {
  if (target.node !== undefined) return [target.node];
  if (target.nodes !== undefined) return [...target.nodes];
  const size = rackSize(cluster);
  const first = size !== null && target.rack !== undefined ? target.rack * size : 0;
  const last = size !== null && target.rack !== undefined ? first + size : cluster.nodes;
  return range(first, Math.min(last, cluster.nodes));
}

/** The whole numbers from `low` up to, but not including, `high`. */
export function range(low: number, high: number): number[] {
  return Array.from({ length: high - low }, (_, at) => low + at);
}

function wrongScope(
  { kind, between, oneWay, node }: FaultScope & { kind: string },
  path: string,
  nodes: number,
): string | null {
  if (nodes < 2)
    return `${path}.kind is '${kind}', but one node sends nothing over a wire; at least 2 nodes would be right`;
  if (between !== undefined && node !== undefined)
    return `${path} has both between and node; one of them would be right`;
  if (oneWay !== undefined && between === undefined)
    return `${path}.oneWay is ${oneWay}, but there is no between; two nodes, from the first to the second, would be right`;
  if (node !== undefined && node >= nodes)
    return `${path}.node is ${node}; ${aNode(nodes)} would be right`;
  return between === undefined ? null : wrongList(between, `${path}.between`, nodes);
}

function wrongGroups(groups: readonly number[][], path: string, nodes: number): string | null {
  const owner = new Map<number, number>();
  for (const [index, group] of groups.entries()) {
    const wrong = wrongList(group, `${path}[${index}]`, nodes);
    if (wrong) return wrong;
    for (const [at, node] of group.entries()) {
      const before = owner.get(node);
      if (before !== undefined)
        return `${path}[${index}][${at}] is ${node}, which is in ${path}[${before}] too; each node in one group would be right`;
      owner.set(node, index);
    }
  }
  if (groups[0].length < nodes) return null;
  return `${path} parts no two nodes: all ${nodes} are in one group; at least two groups would be right`;
}

function wrongList(list: readonly number[], path: string, nodes: number): string | null {
  const places = new Map<number, number>();
  for (const [at, node] of list.entries()) {
    if (node >= nodes) return `${path}[${at}] is ${node}; ${aNode(nodes)} would be right`;
    const before = places.get(node);
    if (before !== undefined)
      return `${path}[${at}] is ${node}, which is ${path}[${before}] too; each node once would be right`;
    places.set(node, at);
  }
  return null;
}

function aNode(nodes: number): string {
  return nodes === 1 ? 'node 0' : `a node from 0 to ${nodes - 1}`;
}
