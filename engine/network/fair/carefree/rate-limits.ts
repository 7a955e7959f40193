/**
 * Which flows are carefree, and up to which rate. Every link with room to spare counts a carefree flow at its limit, and
 * need not hear of any rate below; the hub keeps a heap of the limits of its flows.
 */
import { FREE, TIED } from '../flow-table.ts';
import { PairingHeap } from '../pairing-heap.ts';
import type { Rates } from '../rates.ts';

export class RateLimits {
  /** Flows that may have become carefree since the end of the last solve. */
  readonly candidates: number[] = [];
  private readonly heap = new PairingHeap();

  constructor(private readonly rates: Rates) {}

  reserve(flows: number): void {
    this.heap.reserve(flows);
  }

  /** The least limit of the hub's carefree flows; Infinity if it has none. */
  least(hub: number): number {
    const flow = this.rates.links.limitRoot[hub];
    return flow < 0 ? Infinity : this.heap.key[flow];
  }

  /** A flow that has been bound: at a hub it may become carefree once all levels are known. */
  consider(flow: number): void {
    const { flows, links } = this.rates;
    if (links.hub[flows.bottleneck(flow)] === 1) this.candidates.push(flow);
  }

  isFree(flow: number): boolean {
    const { flows } = this.rates;
    const stop = flows.boundStop[flow];
    return stop >= 0 && flows.list[stop] === FREE;
  }

  /**
   * Each other link but `except` sets half of what it has to spare aside for the flow, or all for a flow that it has
   * to itself. Returns the rate that all of them allow.
   */
  setAside(flow: number, except: number): number {
    const { flows, links } = this.rates;
    const here = flows.boundStop[flow];
    let limit = Infinity;
    for (let stop = flows.first[flow]; stop >= 0; stop = flows.along[stop]) {
      const link = flows.link[stop];
      if (stop === here || link === except) continue;
      const spare = links.capacity[link] - links.load[link];
      this.setLimit(stop, flows.rate[stop] + (links.flows[link] === 1 ? spare : spare / 2));
      limit = Math.min(limit, flows.rate[stop]);
    }
    return limit;
  }

  /** Has a link with room to spare count the flow of that stop at a rate that it will not exceed untold. */
  setLimit(stop: number, limit: number): void {
    const { flows, links } = this.rates;
    const link = flows.link[stop];
    links.load[link] += limit - flows.rate[stop];
    flows.rate[stop] = limit;
    links.highest[link] = Math.max(links.highest[link], limit);
  }

  /** Makes a tied flow carefree up to that rate. */
  setFree(flow: number, limit: number): void {
    const { flows, links } = this.rates;
    const here = flows.boundStop[flow];
    const link = flows.link[here];
    for (let stop = flows.first[flow]; stop >= 0; stop = flows.along[stop])
      if (stop !== here) links.lazy[flows.link[stop]]++;
    flows.move(here, FREE);
    links.limitRoot[link] = this.heap.insert(links.limitRoot[link], flow, limit);
  }

  /** Ties a carefree flow again. No link may follow a hub because of it. */
  tieAlone(flow: number): void {
    const { rates } = this;
    const { flows, links } = rates;
    const here = flows.boundStop[flow];
    const level = links.level[flows.link[here]];
    this.drop(flow);
    flows.move(here, TIED);
    for (let stop = flows.first[flow]; stop >= 0; stop = flows.along[stop]) {
      if (stop === here) continue;
      if (level < Infinity) rates.learn(stop, level);
      else rates.forget(stop);
    }
  }

  /** Takes a carefree flow out of the books of limits; its stops stay where they are. */
  drop(flow: number): void {
    const { flows, links } = this.rates;
    const here = flows.boundStop[flow];
    const hub = flows.link[here];
    links.limitRoot[hub] = this.heap.remove(links.limitRoot[hub], flow);
    for (let stop = flows.first[flow]; stop >= 0; stop = flows.along[stop])
      if (stop !== here) links.lazy[flows.link[stop]]--;
  }
}
