/**
 * Degraded links: which links the faults of kind `degrade` concern, and by what factors. Factors of overlapping
 * faults multiply, always from the topology's values, so that nothing is left of a fault that has ended.
 */
import type { Network } from '../network/network.ts';
import type { Topology } from '../network/topology.ts';
import type { WireEffect, WireScope } from './fault-rule.ts';

type DegradeEffect = Extract<WireEffect, { readonly kind: 'degrade' }>;

interface Degradation {
  readonly id: number;
  readonly effect: DegradeEffect;
  readonly links: ReadonlySet<number>;
}

export class WireDegrade {
  private readonly topology: Topology;
  private readonly network: Network;
  private readonly degradations: Degradation[] = [];

  constructor(topology: Topology, network: Network) {
    this.topology = topology;
    this.network = network;
  }

  begin(id: number, effect: DegradeEffect): void {
    const links = linksBetween(this.topology, effect.scope);
    this.degradations.push({ id, effect, links });
    this.apply(links);
  }

  /** Ends a fault; one of another kind is ignored. */
  end(id: number): void {
    const index = this.degradations.findIndex((degradation) => degradation.id === id);
    if (index < 0) return;
    const [{ links }] = this.degradations.splice(index, 1);
    this.apply(links);
  }

  private apply(links: ReadonlySet<number>): void {
    for (const link of links) {
      let bandwidth = 1;
      let latency = 1;
      for (const { effect, links } of this.degradations) {
        if (!links.has(link)) continue;
        bandwidth *= effect.bandwidthFactor;
        // An infinite one would make no number of a link without latency.
        latency = Math.min(latency * effect.latencyFactor, Number.MAX_VALUE);
      }
      this.network.degrade(link, bandwidth, latency);
    }
  }
}

/** All links on the routes of a scope's pairs, in ascending order. */
export function linksBetween(topology: Topology, { from, to, oneWay }: WireScope): Set<number> {
  const route = new Int32Array(topology.longestRoute);
  const links: number[] = [];
  const follow = (source: number, target: number) => {
    const hops = source === target ? 0 : topology.route(source, target, route);
    for (let hop = 0; hop < hops; hop++) links.push(route[hop]);
  };
  for (const source of from)
    for (const target of to) {
      follow(source, target);
      if (!oneWay) follow(target, source);
    }
  return new Set(links.sort((one, other) => one - other));
}
