/**
 * Flows that need not tell the rest of their route when their rate changes. A flow bottlenecked at a hub (a link
 * where many flows meet, such as a server's NIC) is carefree while every other link of its route has room to
 * spare and has set a limit aside for it; the hub keeps a heap of the limits. So a change of a hub's level costs
 * the same for four thousand carefree flows as for none. Flows with a saturated link elsewhere stay tied.
 */
import { FREE, OTHER, TIED } from '../flow-table.ts';
import { FollowingLinks } from './following-links.ts';
import { RateLimits } from './rate-limits.ts';
import type { Rates } from '../rates.ts';

/** A link becomes a hub with that many flows, and stops being one when it has fallen below the second number. */
const HUB_FLOWS = 24;
const HUB_FLOWS_LEAST = 12;
/** A limit nearer to the rate than this is not worth keeping. */
const ROOM_LEAST = 1e-3;

export class CarefreeFlows {
  /** Which flows are carefree now. */
  readonly limits: RateLimits;
  private readonly following: FollowingLinks;

  constructor(private readonly rates: Rates) {
    this.limits = new RateLimits(rates);
    this.following = new FollowingLinks(rates, this.limits);
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

  /** The flows of a hub that are still tied may have become carefree. */
  considerTied(link: number): void {
    const { flows } = this.rates;
    for (let stop = flows.head(link, TIED); stop >= 0; stop = flows.next[stop])
      this.limits.candidates.push(flows.flow[stop]);
  }

  /** The flows of a link that has got room to spare may become carefree. */
  considerAll(link: number): void {
    const { flows } = this.rates;
    for (let stop = flows.head(link, OTHER); stop >= 0; stop = flows.next[stop])
      if (flows.boundStop[flows.flow[stop]] >= 0) this.limits.consider(flows.flow[stop]);
  }

  /** Ties the flows of a hub whose limit does not hold at the level it is to take. */
  tieOutside(link: number, level: number): void {
    const { links } = this.rates;
    if (level < links.floor[link]) this.following.releaseAll(link);
    for (;;) {
      if (this.limits.least(link) >= level) return;
      const flow = links.limitRoot[link];
      this.tie(flow);
      this.limits.consider(flow);
    }
  }

  /** Ties every flow that the link knows by a limit only, so that the link knows the rates exactly. */
  tieAllOn(link: number): void {
    const { flows, links } = this.rates;
    let stop = flows.head(link, OTHER);
    while (stop >= 0 && links.lazy[link] > 0) {
      const after = flows.next[stop];
      const flow = flows.flow[stop];
      if (this.limits.isFree(flow)) {
        this.tie(flow);
        this.limits.consider(flow);
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
    this.limits.tieAlone(flow);
  }

  /** Makes carefree what can be, at the end of a solve. */
  freeCandidates(): void {
    const { candidates } = this.limits;
    if (candidates.length === 0) return;
    for (const flow of candidates) {
      const { flows } = this.rates;
      const stop = flows.boundStop[flow];
      if (stop < 0 || flows.list[stop] !== TIED) continue;
      if (this.hasRoom(flow)) this.limits.setFree(flow, this.limits.setAside(flow, -1));
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
}
