/** What the critical paths of a run are made of, by resource. */
import type { Topology } from '../../../engine/network/topology.ts';
import type { ResourceShare } from './critical-path.ts';
import type { Step } from './steps.ts';

export class ResourceSums {
  iterations = 0;
  pathNs = 0;
  private readonly topology: Topology;
  private readonly route: Int32Array;
  private readonly computeNs: Float64Array;
  private readonly linkNs: Float64Array;
  private latencyNs = 0;
  private bandwidthNs = 0;
  private otherNs = 0;

  constructor(topology: Topology) {
    this.topology = topology;
    this.route = new Int32Array(topology.longestRoute);
    this.computeNs = new Float64Array(topology.nodeCount);
    this.linkNs = new Float64Array(topology.linkCount);
  }

  /** Adds so much of a step that is on the path, and of which it follows. */
  add(step: Step, parent: Step | null, ns: number): void {
    const { kind, node, startNs, endNs, partNs } = step;
    this.pathNs += ns;
    if (ns === 0) return;
    const part = ns / (endNs - startNs);
    if (kind === 'message') this.addMessage(step, parent, part);
    else if (kind === 'job') {
      this.computeNs[node] += ns - partNs * part;
      this.otherNs += partNs * part;
    } else this.otherNs += ns;
  }

  get meanOtherNs(): number {
    return this.iterations === 0 ? 0 : this.otherNs / this.iterations;
  }

  /** Means of an iteration, the largest first; those that are on no path are left out. */
  shares(): ResourceShare[] {
    const { iterations, computeNs, linkNs } = this;
    if (iterations === 0) return [];
    const all: ResourceShare[] = [
      { resource: { kind: 'all compute' }, ns: computeNs.reduce((sum, ns) => sum + ns, 0) },
      { resource: { kind: 'all links' }, ns: this.bandwidthNs },
      { resource: { kind: 'latency' }, ns: this.latencyNs },
      ...Array.from(
        computeNs,
        (ns, node) => ({ resource: { kind: 'compute', node }, ns }) as const,
      ),
      ...Array.from(linkNs, (ns, link) => ({ resource: { kind: 'link', link }, ns }) as const),
    ];
    return all
      .filter(({ ns }) => ns > 0)
      .map(({ resource, ns }) => ({ resource, ns: ns / iterations }))
      .sort((one, other) => other.ns - one.ns);
  }

  /** A faster link saves what it takes longer than the next slowest of the route. */
  private addMessage(step: Step, parent: Step | null, part: number): void {
    const { node, to, bytes, startNs, endNs, partNs, fullest, isBehind } = step;
    if (isBehind) {
      this.addQueued(step, parent, part);
      return;
    }
    const { route, topology, linkNs } = this;
    const hops = topology.route(node, to, route);
    let [slowest, longestNs, nextNs] = [-1, 0, 0];
    for (let hop = 0; hop < hops; hop++) {
      const ns = this.carriedNs(route[hop], bytes);
      if (ns > longestNs) [slowest, longestNs, nextNs] = [route[hop], ns, longestNs];
      else nextNs = Math.max(nextNs, ns);
    }
    const carriedNs = Math.min(partNs, longestNs);
    const queuedNs = endNs - startNs - partNs;
    this.latencyNs += part * (partNs - carriedNs);
    this.bandwidthNs += part * (carriedNs + queuedNs);
    if (slowest >= 0) linkNs[slowest] += part * Math.max(0, carriedNs - nextNs);
    if (fullest >= 0) linkNs[fullest] += part * queuedNs;
  }

  /** A message that came behind another on the same link: links that both took would be the next to hold it up. */
  private addQueued(step: Step, parent: Step | null, part: number): void {
    const { node, to, bytes, startNs, endNs, fullest } = step;
    const { route, topology } = this;
    const took = topology.route(parent?.node ?? node, parent?.to ?? node, route);
    const before = new Set(route.subarray(0, took));
    const hops = topology.route(node, to, route);
    let nextNs = 0;
    for (let hop = 0; hop < hops; hop++)
      if (route[hop] !== fullest && before.has(route[hop]))
        nextNs = Math.max(nextNs, this.carriedNs(route[hop], bytes));
    this.bandwidthNs += part * (endNs - startNs);
    this.linkNs[fullest] += part * Math.max(0, endNs - startNs - nextNs);
  }

  private carriedNs(link: number, bytes: number): number {
    return (bytes * 1e9) / this.topology.link(link).bandwidthBytesPerSecond;
  }
}
