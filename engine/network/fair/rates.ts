/**
 * What links hear of the rates of their flows, and the queue of links whose level has to be looked at again,
 * lowest first. It moves stops between lists and keeps the sums right; it does not decide levels.
 */
import { grownBytes, grownIntegers } from './growth.ts';
import { FlowTable, OTHER, PENDING, TIED } from './flow-table.ts';
import { LinkHeap } from './link-heap.ts';
import type { LinkTable } from './link-table.ts';
import { PairingHeap } from './pairing-heap.ts';

/** Relative room for rounding where a load is held against a capacity. */
export const LOAD_TOLERANCE = 1e-12;

export class Rates {
  readonly flows = new FlowTable();
  /** Links to look at, by the lowest level they may take. */
  readonly queue = new LinkHeap();
  /** Readings of the bottleneck's clock at which flows finish. */
  readonly finish = new PairingHeap();
  /** Links whose clock or next finish has changed: the first `changedCount`. */
  changed = new Int32Array(0);
  changedCount = 0;
  /** Nanoseconds, not rounded. */
  now = 0;
  /** Has a link that follows a hub stop doing so; set by FollowingLinks. */
  release: (link: number) => void = () => {};
  private isChanged = new Uint8Array(0);

  constructor(readonly links: LinkTable) {
    this.reserveLinks();
  }

  /** Follows the link table when it has grown. */
  reserveLinks(): void {
    const size = this.links.capacity.length;
    this.queue.reserve(size);
    this.flows.reserveLinks(size);
    this.changed = grownIntegers(this.changed, size);
    this.isChanged = grownBytes(this.isChanged, size);
  }

  change(link: number): void {
    if (this.isChanged[link] === 1) return;
    this.isChanged[link] = 1;
    this.changed[this.changedCount++] = link;
  }

  forgetChanges(): void {
    for (let index = 0; index < this.changedCount; index++) this.isChanged[this.changed[index]] = 0;
    this.changedCount = 0;
  }

  /** Puts a link into the queue by a lower bound of its new level; takes it out if it has room to spare. */
  mark(link: number): void {
    const { links } = this;
    const capacity = links.capacity[link];
    const sharers = links.bound[link] + links.pending[link];
    const load = links.load[link];
    let level = Infinity;
    if (sharers > 0) level = Math.max((capacity - load) / sharers, capacity / links.flows[link]);
    else if (load > capacity * (1 + LOAD_TOLERANCE)) level = capacity / links.flows[link];
    const key = Math.min(level, links.level[link]);
    if (key === Infinity) this.queue.remove(link);
    else this.queue.set(link, key);
  }

  /** Tells a link, by the flow's stop there, that the flow is bottlenecked elsewhere at that rate. */
  learn(stop: number, rate: number): void {
    const { flows, links } = this;
    const link = flows.link[stop];
    const isNew = flows.list[stop] === PENDING;
    if (!isNew && flows.rate[stop] === rate) return;
    if (isNew) {
      flows.move(stop, OTHER);
      links.pending[link]--;
      links.load[link] += rate;
    } else {
      links.load[link] += rate - flows.rate[stop];
      links.drift[link]++;
    }
    flows.rate[stop] = rate;
    if (rate > links.highest[link]) links.highest[link] = rate;
    this.mark(link);
  }

  /** Tells a link that the flow's rate is about to rise by an unknown amount. */
  forget(stop: number): void {
    const { flows, links } = this;
    if (flows.list[stop] === PENDING) return;
    const link = flows.link[stop];
    this.dropLoad(link, flows.rate[stop]);
    flows.move(stop, PENDING);
    links.pending[link]++;
    this.mark(link);
  }

  /** Tells all other links of the flow's route its rate. */
  learnElsewhere(flow: number, rate: number): void {
    const { flows } = this;
    const here = flows.boundStop[flow];
    for (let stop = flows.first[flow]; stop >= 0; stop = flows.along[stop])
      if (stop !== here) this.learn(stop, rate);
  }

  forgetElsewhere(flow: number): void {
    const { flows } = this;
    const here = flows.boundStop[flow];
    for (let stop = flows.first[flow]; stop >= 0; stop = flows.along[stop])
      if (stop !== here) this.forget(stop);
  }

  /** Takes a rate out of a link's load; the load of no flows is exactly 0, so that rounding does not pile up. */
  dropLoad(link: number, rate: number): void {
    const { links } = this;
    const others = links.flows[link] - links.bound[link] - links.pending[link];
    if (others > 1) {
      links.load[link] -= rate;
      links.drift[link]++;
      return;
    }
    links.load[link] = 0;
    links.highest[link] = 0;
    links.drift[link] = 0;
  }

  /** Bytes the flow has still to send at `now`. */
  bytesLeft(flow: number): number {
    const { flows, links } = this;
    const bottleneck = flows.bottleneck(flow);
    if (bottleneck < 0) return flows.bytes[flow];
    return Math.max(0, this.finish.key[flow] - links.clockAt(bottleneck, this.now));
  }

  /** Makes the stop's link, at its new level, the flow's bottleneck, and tells the links of its route. */
  bind(stop: number): void {
    const { flows, links, finish } = this;
    const flow = flows.flow[stop];
    const link = flows.link[stop];
    const rate = links.level[link];
    const bytes = this.bytesLeft(flow);
    const before = flows.boundStop[flow];
    if (before >= 0) {
      this.loosen(flow);
      flows.move(before, PENDING);
      links.pending[flows.link[before]]++;
    }
    if (flows.list[stop] === PENDING) links.pending[link]--;
    else this.dropLoad(link, flows.rate[stop]);
    flows.move(stop, TIED);
    flows.boundStop[flow] = stop;
    if (links.bound[link]++ === 0) links.clock[link] = 0;
    const root = links.finishRoot[link];
    links.finishRoot[link] = finish.insert(root, flow, links.clock[link] + bytes);
    this.learnElsewhere(flow, rate);
  }

  /** Takes a flow off its bottleneck's clock; its stop there stays in its list. */
  loosen(flow: number): void {
    const { flows, links } = this;
    const link = flows.bottleneck(flow);
    links.finishRoot[link] = this.finish.remove(links.finishRoot[link], flow);
    links.bound[link]--;
    this.change(link);
  }
}
