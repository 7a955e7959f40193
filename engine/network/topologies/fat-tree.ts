/**
 * A k-ary fat-tree (Al-Fares, Loukissas and Vahdat 2008): k pods of k/2 edge and k/2 aggregation switches, and
 * (k/2)^2 core switches, all of k ports; k^3/4 hosts at full bisection bandwidth. A hash of source and target picks
 * one of the equal-cost paths (ECMP), so all messages between two nodes take the same path.
 */
import type { Link, Topology } from '../topology.ts';

interface FatTree {
  readonly nodes: number;
  /** k: ports of every switch, even. Hosts beyond `nodes` stay empty. */
  readonly ports: number;
  readonly bandwidthBytesPerSecond: number;
  /** One-way latency between two nodes of one edge switch. */
  readonly latencyNs: number;
  /** Latency that each level up adds: one level within a pod, two between pods. */
  readonly coreLatencyNs: number;
}

/** The smallest even number of ports for which k^3/4 hosts are enough. */
export function leastPorts(nodes: number): number {
  let ports = 2;
  while (ports ** 3 / 4 < nodes) ports += 2;
  return ports;
}

/** A well mixed 32-bit hash of two ends (the finaliser of MurmurHash3 over both). */
function hashOfEnds(source: number, target: number): number {
  let hash =
    Math.imul(source ^ 0x9e3779b1, 0x85ebca6b) ^ Math.imul(target + 0x7f4a7c15, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * Links come in pairs, up (even) and down (odd): the NICs of the nodes, then edge to aggregation, then
 * aggregation to core. Switches are numbered within their pod; core switch a * k/2 + c is the c-th of those that
 * the a-th aggregation switch of every pod is wired to.
 */
export function fatTreeTopology(tree: FatTree): Topology {
  const { nodes, ports, bandwidthBytesPerSecond } = tree;
  const half = ports / 2;
  const perPod = half * half;
  const pods = Math.ceil(nodes / perPod);
  const toAggregation = 2 * nodes;
  const toCore = toAggregation + 2 * pods * perPod;

  /** Up-link of pod p between its lower switch x and upper switch y. */
  const inPod = (first: number, pod: number, lower: number, upper: number): number =>
    first + 2 * (pod * perPod + lower * half + upper);

  const link = (index: number): Link => {
    const isUp = index % 2 === 0;
    const arrow = isUp ? '->' : '<-';
    if (index < toAggregation)
      return {
        id: `node ${index >> 1} ${isUp ? 'egress' : 'ingress'}`,
        bandwidthBytesPerSecond,
        latencyNs: isUp ? tree.latencyNs : 0,
      };
    const local = (index - (index < toCore ? toAggregation : toCore)) >> 1;
    const pod = Math.floor(local / perPod);
    const lower = Math.floor((local % perPod) / half);
    const upper = local % half;
    const id =
      index < toCore
        ? `pod ${pod} edge ${lower} ${arrow} aggregation ${upper}`
        : `pod ${pod} aggregation ${lower} ${arrow} core ${lower * half + upper}`;
    return { id, bandwidthBytesPerSecond, latencyNs: isUp ? tree.coreLatencyNs : 0 };
  };
  const route = (source: number, target: number, into: Int32Array): number => {
    if (source === target) return 0;
    const fromEdge = Math.floor(source / half);
    const toEdge = Math.floor(target / half);
    let hops = 0;
    into[hops++] = 2 * source;
    if (fromEdge !== toEdge) {
      const fromPod = Math.floor(fromEdge / half);
      const toPod = Math.floor(toEdge / half);
      const hash = hashOfEnds(source, target);
      const aggregation = hash % half;
      into[hops++] = inPod(toAggregation, fromPod, fromEdge % half, aggregation);
      if (fromPod !== toPod) {
        const core = Math.floor(hash / half) % half;
        into[hops++] = inPod(toCore, fromPod, aggregation, core);
        into[hops++] = inPod(toCore, toPod, aggregation, core) + 1;
      }
      into[hops++] = inPod(toAggregation, toPod, toEdge % half, aggregation) + 1;
    }
    into[hops++] = 2 * target + 1;
    return hops;
  };
  const linkCount = toCore + (pods > 1 ? 2 * pods * perPod : 0);
  return { kind: 'fat-tree', nodeCount: nodes, linkCount, link, route, longestRoute: 6 };
}
