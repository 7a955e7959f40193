/** Which message came last over each link: the one that the next had to wait for, if it had to wait. */
import type { Topology } from '../../../engine/network/topology.ts';
import type { Flight } from '../waiting/in-flight.ts';
import { NO_STEP } from './steps.ts';

/** A step by its number, and when it ended. */
interface Before {
  readonly step: number;
  readonly endNs: number;
  readonly link: number;
}

export class LastOnLinks {
  private readonly topology: Topology;
  private readonly route: Int32Array;
  private readonly steps: Float64Array;
  private readonly endNs: Float64Array;

  constructor(topology: Topology) {
    this.topology = topology;
    this.route = new Int32Array(topology.longestRoute);
    this.steps = new Float64Array(topology.linkCount).fill(NO_STEP);
    this.endNs = new Float64Array(topology.linkCount);
  }

  /**
   * What a message waited for that has just come: of those that came last over the links of its route, while it was under
   * way, the one behind which nothing but its own time on that link was left. Null if there was none.
   */
  before({ from, to, bytes, sentNs }: Flight, nowNs: number): Before | null {
    const { route, topology, steps, endNs } = this;
    const hops = topology.route(from, to, route);
    let found = NO_STEP;
    let leastNs = Infinity;
    for (let hop = 0; hop < hops; hop++) {
      const link = route[hop];
      if (steps[link] === NO_STEP || endNs[link] <= sentNs) continue;
      const ownNs = (bytes * 1e9) / topology.link(link).bandwidthBytesPerSecond;
      const offNs = Math.abs(nowNs - endNs[link] - ownNs);
      if (offNs < leastNs) [found, leastNs] = [link, offNs];
    }
    return found === NO_STEP ? null : { step: steps[found], endNs: endNs[found], link: found };
  }

  /** The message of that step has come over. */
  passed(step: number, { from, to }: Pick<Flight, 'from' | 'to'>, endNs: number): void {
    const hops = this.topology.route(from, to, this.route);
    for (let hop = 0; hop < hops; hop++) {
      this.steps[this.route[hop]] = step;
      this.endNs[this.route[hop]] = endNs;
    }
  }
}
