/**
 * Flows that need not tell the rest of their route when their rate changes. A flow bottlenecked at a hub (a link
 * where many flows meet, such as a server's NIC) is carefree while every other link of its route has room to
 * spare and has set a limit aside for it; the hub keeps a heap of the limits. So a change of a hub's level costs
 * the same for four thousand carefree flows as for none. Flows with a saturated link elsewhere stay tied.
 */
import { FREE, OTHER, TIED } from './flow-table.ts';
import { FollowingLinks } from './following-links.ts';
import { PairingHeap } from './pairing-heap.ts';
import type { Rates } from './rates.ts';

/** A link becomes a hub with that many flows, and stops being one when it has fallen below the second number. */
const HUB_FLOWS = 24;
const HUB_FLOWS_LEAST = 12;
/** A limit nearer to the rate than this is not worth keeping. */
const ROOM_LEAST = 1e-3;

export class CarefreeFlows {
  private readonly limits = new PairingHeap();
  /** Flows that may have become carefree since the last `settle`. */
  private readonly candidates: number[] = [];

  private readonly following: FollowingLinks;

  constructor(private readonly rates: Rates) {
    this.following = new FollowingLinks(rates, this);
  }

  reserve(flows: number): void {
    this.limits.reserve(flows);
  }

  /** To be called when the number of flows on a link has changed. */
  count(link: number): void {
    const { flows, links } = this.rates;
    if (links.hub[link] === 0) {
      if (links.flows[link] < HUB_FLOWS) return;
      links.hub[link] = 1;
      this.considerTied(link);
    } else if (links.flows[link] < HUB_FLOWS_LEAST) {
      while (flows.head(link, FREE) >= 0) this.tie(flows.flow[flows.head(link, FREE)]);
      links.hub[link] = 0;
    }
  }

  /** A flow that has been bound: at a hub it may become carefree once all levels are known. */
  consider(flow: number): void {
    const { flows, links } = this.rates;
    if (links.hub[flows.bottleneck(flow)] === 1) this.candidates.push(flow);
  }

  /** The flows of a hub that are still tied may have become carefree. */
  considerTied(link: number): void {
    const { flows } = this.rates;
    for (let stop = flows.head(link, TIED); stop >= 0; stop = flows.next[stop])
      this.candidates.push(flows.flow[stop]);
  }

  /** The flows of a link that has got room to spare may become carefree. */
  considerAll(link: number): void {
    const { flows } = this.rates;
    for (let stop = flows.head(link, OTHER); stop >= 0; stop = flows.next[stop])
      if (flows.boundStop[flows.flow[stop]] >= 0) this.consider(flows.flow[stop]);
  }

  isFree(flow: number): boolean {
    const { flows } = this.rates;
    const stop = flows.boundStop[flow];
    return stop >= 0 && flows.list[stop] === FREE;
  }

  /** Ties the flows of a hub whose limit does not hold at the level it is to take. */
  tieOutside(link: number, level: number): void {
    const { links } = this.rates;
    if (level < links.floor[link]) this.following.releaseAll(link);
    for (;;) {
      const flow = links.limitRoot[link];
      if (flow < 0 || this.limits.key[flow] >= level) return;
      this.tie(flow);
      this.consider(flow);
    }
  }

  /** Ties every flow that the link knows by a limit only, so that the link knows the rates exactly. */
  tieAllOn(link: number): void {
    const { flows, links } = this.rates;
    let stop = flows.head(link, OTHER);
    while (stop >= 0 && links.lazy[link] > 0) {
      const after = flows.next[stop];
      const flow = flows.flow[stop];
      if (this.isFree(flow)) {
        this.tie(flow);
        this.consider(flow);
      }
      // Tying one may tie others, and take the next stop out of this list.
      stop = after >= 0 && flows.list[after] !== OTHER ? flows.head(link, OTHER) : after;
    }
  }

  /** Has all links of a carefree flow's route hear of its rate again, and no link follow a hub because of it. */
  tie(flow: number): void {
    const { flows, links } = this.rates;
    const link = flows.bottleneck(flow);
    if (links.follows[link] >= 0) return this.following.release(link);
    for (let stop = flows.first[flow]; stop >= 0; stop = flows.along[stop])
      if (links.follows[flows.link[stop]] === link) return this.following.release(flows.link[stop]);
    this.tieAlone(flow);
  }

  /** As `tie`, for a flow that no following link depends on any more. */
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
    links.limitRoot[hub] = this.limits.remove(links.limitRoot[hub], flow);
    for (let stop = flows.first[flow]; stop >= 0; stop = flows.along[stop])
      if (stop !== here) links.lazy[flows.link[stop]]--;
  }

  /** Makes carefree what can be, at the end of a solve. */
  settle(): void {
    const { candidates } = this;
    if (candidates.length === 0) return;
    for (const flow of candidates) {
      const { flows } = this.rates;
      const stop = flows.boundStop[flow];
      if (stop < 0 || flows.list[stop] !== TIED) continue;
      if (this.hasRoom(flow)) this.setFree(flow, this.setAside(flow, -1));
      else this.following.consider(flow);
    }
    candidates.length = 0;
  }

  private hasRoom(flow: number): boolean {
    const { flows, links } = this.rates;
    const here = flows.boundStop[flow];
    if (links.hub[flows.link[here]] === 0) return false;
    const least = links.level[flows.link[here]] * ROOM_LEAST;
    for (let stop = flows.first[flow]; stop >= 0; stop = flows.along[stop]) {
      if (stop === here) continue;
      const link = flows.link[stop];
      if (links.level[link] < Infinity) return false;
      if (links.capacity[link] - links.load[link] <= 2 * least) return false;
    }
    return true;
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
    links.limitRoot[link] = this.limits.insert(links.limitRoot[link], flow, limit);
  }
}
