/**
 * Saturated links that follow a hub. Where a carefree flow of a hub crosses a link that is full with other flows,
 * the level of that link mirrors the hub's: what the hub's flow gives up, the link's own flows get. As long as it
 * is certain that nobody's bottleneck moves, the link need not hear of it: its virtual clock is a linear function of
 * the hub's and is read when it is needed.
 *
 *     level = (share - level of the hub) / own flows,  clock = clock then + (share * time - hub's clock since) / own flows
 *
 * Certain within bounds: the hub's level stays from `floor` to the followed flow's limit, for which the other links
 * of the own flows have set enough aside. Any touch of the link, or a bound crossed, releases it.
 */
import { FREE, OTHER, TIED } from '../flow-table.ts';
import type { RateLimits } from './rate-limits.ts';
import type { Rates } from '../rates.ts';

/** The hub's level may fall or rise by this factor before its followers are told. */
const BAND = 2;
/** Room for rounding in what other links set aside. */
const MARGIN = 1 + 1e-9;

export class FollowingLinks {
  constructor(
    private readonly rates: Rates,
    private readonly limits: RateLimits,
  ) {
    rates.release = (link) => this.release(link);
  }

  /** Has a full link on the way of a hub's tied flow follow the hub, if that is safe; the flow is then limits. */
  consider(flow: number): void {
    const { flows, links } = this.rates;
    const here = flows.boundStop[flow];
    const hub = flows.link[here];
    if (links.hub[hub] === 0 || links.follows[hub] >= 0) return;
    const stop = this.onlyFullStop(flow);
    if (stop < 0) return;
    const link = flows.link[stop];
    const level = links.level[hub];
    const floor = links.floor[hub] < 0 ? level / BAND : links.floor[hub];
    const limit = level * BAND;
    const share = links.capacity[link] - (links.load[link] - flows.rate[stop]);
    const lowest = (share - limit) / links.bound[link];
    const ceiling = ((share - floor) / links.bound[link]) * MARGIN;
    if (lowest < limit || !this.staysFastest(stop, lowest)) return;
    if (!this.haveRoom(link, ceiling)) return;
    this.freeOwnFlows(link, ceiling);
    this.limits.setFree(flow, Math.min(limit, this.limits.setAside(flow, link)));
    this.follow(link, hub, flow);
    links.share[link] = share;
    links.ceiling[link] = ceiling;
    links.floor[hub] = floor;
  }

  /** The link is on its own again: it and all links of its flows know the rates exactly. */
  release(link: number): void {
    const { rates, limits } = this;
    const { flows, links } = rates;
    const hub = links.follows[link];
    const level = links.level[hub] < Infinity ? links.levelAt(link) : links.ceiling[link];
    links.advanceClock(link, rates.now);
    links.level[link] = level;
    this.unlink(link);
    rates.change(link);
    for (let stop = flows.head(link, FREE); stop >= 0; stop = flows.head(link, FREE))
      limits.tieAlone(flows.flow[stop]);
    const followed = links.followed[link];
    limits.tieAlone(followed);
    limits.consider(followed);
  }

  releaseAll(hub: number): void {
    const { links } = this.rates;
    while (links.firstFollower[hub] >= 0) this.release(links.firstFollower[hub]);
  }

  /** The stop of the flow at the one other link that is full, if it is small; -1 if there is none or more. */
  private onlyFullStop(flow: number): number {
    const { flows, links } = this.rates;
    const here = flows.boundStop[flow];
    let full = -1;
    for (let stop = flows.first[flow]; stop >= 0; stop = flows.along[stop]) {
      if (stop === here) continue;
      const link = flows.link[stop];
      if (links.level[link] < Infinity) {
        if (full >= 0 || links.hub[link] === 1 || links.follows[link] >= 0) return -1;
        full = stop;
      } else if (links.capacity[link] <= links.load[link]) return -1;
    }
    return full >= 0 && links.bound[flows.link[full]] > 0 ? full : -1;
  }

  /** True if no other flow on the link, bottlenecked elsewhere, is faster, or belongs to a hub itself. */
  private staysFastest(followed: number, lowest: number): boolean {
    const { flows, links } = this.rates;
    const link = flows.link[followed];
    for (let stop = flows.head(link, OTHER); stop >= 0; stop = flows.next[stop]) {
      if (stop === followed) continue;
      if (flows.rate[stop] > lowest || links.hub[flows.bottleneck(flows.flow[stop])] === 1)
        return false;
    }
    return true;
  }

  /** True if all other links on the way of the link's own flows can spare what those may come to take. */
  private haveRoom(link: number, ceiling: number): boolean {
    const { flows, links } = this.rates;
    const more = (ceiling - links.level[link]) * links.bound[link];
    for (let own = flows.head(link, TIED); own >= 0; own = flows.next[own])
      for (let stop = flows.first[flows.flow[own]]; stop >= 0; stop = flows.along[stop]) {
        if (stop === own) continue;
        const other = flows.link[stop];
        if (links.level[other] < Infinity) return false;
        if (links.capacity[other] - links.load[other] < more) return false;
      }
    return true;
  }

  private freeOwnFlows(link: number, ceiling: number): void {
    const { limits } = this;
    const { flows } = this.rates;
    for (let own = flows.head(link, TIED); own >= 0; own = flows.head(link, TIED)) {
      const flow = flows.flow[own];
      for (let stop = flows.first[flow]; stop >= 0; stop = flows.along[stop])
        if (stop !== own) limits.setLimit(stop, ceiling);
      limits.setFree(flow, ceiling);
    }
  }

  private follow(link: number, hub: number, flow: number): void {
    const { rates } = this;
    const { links } = rates;
    links.advanceClock(link, rates.now);
    links.hubClock[link] = links.clockAt(hub, rates.now);
    links.follows[link] = hub;
    links.followed[link] = flow;
    const next = links.firstFollower[hub];
    links.nextFollower[link] = next;
    links.previousFollower[link] = -1;
    if (next >= 0) links.previousFollower[next] = link;
    links.firstFollower[hub] = link;
    rates.change(link);
  }

  private unlink(link: number): void {
    const { links } = this.rates;
    const hub = links.follows[link];
    const before = links.previousFollower[link];
    const after = links.nextFollower[link];
    if (before >= 0) links.nextFollower[before] = after;
    else links.firstFollower[hub] = after;
    if (after >= 0) links.previousFollower[after] = before;
    if (links.firstFollower[hub] < 0) links.floor[hub] = -1;
    links.follows[link] = -1;
  }
}
