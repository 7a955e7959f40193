/** Which message came last over each link: the one that the next had to wait for, if it had to wait. */
import type { Topology } from '../../../engine/network/topology.ts';
import type { Flight } from '../waiting/in-flight.ts';
import type { Step } from './steps.ts';

interface Before {
  readonly step: Step;
  readonly link: number;
}

export class LastOnLinks {
  private readonly topology: Topology;
  private readonly route: Int32Array;
  private readonly last: (Step | null)[];

  constructor(topology: Topology) {
    this.topology = topology;
    this.route = new Int32Array(topology.longestRoute);
    this.last = Array.from({ length: topology.linkCount }, () => null);
  }

  /**
   * What a message waited for that has just come: of those that came last over the links of its route, while it was under
   * way, the one behind which nothing but its own time on that link was left. Null if there was none.
   */
  before({ from, to, bytes, sentNs }: Flight, nowNs: number): Before | null {
    const { route, topology, last } = this;
    const hops = topology.route(from, to, route);
    let found: Before | null = null;
    let leastNs = Infinity;
    for (let hop = 0; hop < hops; hop++) {
      const step = last[route[hop]];
      if (step === null || step.endNs <= sentNs) continue;
      const ownNs = (bytes * 1e9) / topology.link(route[hop]).bandwidthBytesPerSecond;
      const offNs = Math.abs(nowNs - step.endNs - ownNs);
      if (offNs < leastNs) [found, leastNs] = [{ step, link: route[hop] }, offNs];
    }
    return found;
  }

  passed(step: Step): void {
    const hops = this.topology.route(step.node, step.to, this.route);
    for (let hop = 0; hop < hops; hop++) this.last[this.route[hop]] = step;
  }
}
