/**
 * Flows as a fluid: each holds max-min fair rates on the links of its route, with equal weights and an optional
 * cap of its own, and ends when its last byte has left. Rates change only when a flow starts or ends, is taken
 * out, or a capacity changes. Time runs in nanoseconds, not rounded; it knows no events, hosts or latencies.
 */
import { CarefreeFlows } from './carefree/carefree-flows.ts';
import { OTHER, PENDING } from './flow-table.ts';
import { LinkHeap } from './link-heap.ts';
import { LinkTable } from './link-table.ts';
import { Rates } from './rates.ts';
import { WaterFilling } from './water-filling.ts';

/** Finishes nearer together than this are one instant: nanoseconds, and relative to the time. */
const INSTANT_NS = 1e-6;
const INSTANT_RELATIVE = 1e-15;
/** Has a link's load summed afresh, since rounding that was small beside the old capacity may not be now. */
const DRIFTED = 2 ** 30;

export class Fluid {
  private readonly links: LinkTable;
  private readonly rates: Rates;
  private readonly carefree: CarefreeFlows;
  private readonly filling: WaterFilling;
  /** Links with flows bottlenecked at them, by the time at which the next of those finishes. */
  private readonly finishes = new LinkHeap();
  /** Links that stand for the caps of single flows, ready to be used again. */
  private readonly spareCaps: number[] = [];
  private readonly capOf = new Map<number, number>();
  private count = 0;

  /** `capacities`: bytes a nanosecond of links 0, 1, ..., finite and not negative. */
  constructor(capacities: ArrayLike<number>) {
    this.links = new LinkTable(capacities);
    this.rates = new Rates(this.links);
    this.carefree = new CarefreeFlows(this.rates);
    this.filling = new WaterFilling(this.rates, this.carefree);
    this.finishes.reserve(this.links.capacity.length);
  }

  /** Nanoseconds, not rounded. */
  get now(): number {
    return this.rates.now;
  }

  /** Flows in the fluid. */
  get flowCount(): number {
    return this.count;
  }

  /** True if no flow is on the link. */
  isIdle(link: number): boolean {
    return this.links.flows[link] === 0;
  }

  /** True for a flow that has started and not finished or stopped. */
  has(flow: number): boolean {
    return flow < this.rates.flows.size && this.rates.flows.first[flow] >= 0;
  }

  /** Links that solves have looked at so far. */
  get looks(): number {
    return this.filling.looks;
  }

  /** When the next flow finishes as things stand; infinite if none does. Solve first. */
  get nextFinishNs(): number {
    return this.finishes.topKey;
  }

  /** Differences in time below this are rounding. */
  get instantNs(): number {
    return INSTANT_NS + INSTANT_RELATIVE * this.rates.now;
  }

  /**
   * Starts a flow now. `flow` is a small whole number not in use; the first `count` links of `route` (at least
   * one, none twice) are its route; `cap` bytes a nanosecond is the most it takes. Takes effect with `solve`.
   */
  start(
    flow: number,
    route: ArrayLike<number>,
    count: number,
    bytes: number,
    cap = Infinity,
  ): void {
    const { flows, finish } = this.rates;
    if (flow >= flows.size) {
      const size = flows.reserveFlow(flow);
      finish.reserve(size);
      this.carefree.reserve(size);
    }
    flows.bytes[flow] = bytes;
    flows.boundStop[flow] = -1;
    for (let hop = 0; hop < count; hop++) this.join(flow, route[hop]);
    if (cap < Infinity) {
      const link = this.capLink(cap);
      this.capOf.set(flow, link);
      this.join(flow, link);
    }
    this.count++;
  }

  /** Takes a flow out now; returns the bytes it had still to send. Takes effect with `solve`. */
  stop(flow: number): number {
    const left = this.rates.bytesLeft(flow);
    this.leave(flow);
    return left;
  }

  /** Sets a link's capacity (bytes a nanosecond) from now on; 0 cuts it. Takes effect with `solve`. */
  setCapacity(link: number, capacity: number): void {
    if (!(capacity >= 0 && capacity < Infinity))
      throw new RangeError(
        `fair sharing: a link's capacity is ${capacity}, a finite number from 0 would be right`,
      );
    if (this.links.follows[link] >= 0) this.rates.release(link);
    this.links.capacity[link] = capacity;
    this.links.drift[link] = DRIFTED;
    this.rates.mark(link);
  }

  /** Brings all rates up to date with what has started, stopped and changed at this instant. */
  solve(): void {
    const { rates, links, finishes } = this;
    if (rates.queue.size > 0) this.filling.solve();
    for (let index = 0; index < rates.changedCount; index++) {
      const link = rates.changed[index];
      if (links.finishRoot[link] < 0) finishes.remove(link);
      else this.expect(link);
    }
    rates.forgetChanges();
  }

  /** Enters when the link's next flow finishes; for a link that follows a hub, when it may do so at the earliest. */
  private expect(link: number): void {
    const { rates, links, finishes } = this;
    const level = links.follows[link] < 0 ? links.level[link] : links.ceiling[link];
    if (level === 0) return finishes.remove(link);
    const flow = links.finishRoot[link];
    const left = Math.max(0, rates.finish.key[flow] - links.clockAt(link, rates.now));
    finishes.set(link, rates.now + left / level);
  }

  /**
   * Moves the time on to `until`, solving at every finish on the way at its own exact time, and appends the
   * flows that finished, in order of time (of their numbers where they finish at one instant), to `finished`.
   */
  advance(until: number, finished: number[]): void {
    const { rates, finishes } = this;
    this.solve();
    while (finishes.topKey <= until + this.instantNs) {
      rates.now = Math.max(rates.now, Math.min(finishes.topKey, until));
      const from = finished.length;
      this.finishInstant(finished);
      if (finished.length - from > 1) sortTail(finished, from);
      this.solve();
    }
    rates.now = Math.max(rates.now, until);
  }

  /** Rate of a flow in bytes a nanosecond, after `solve`. */
  rate(flow: number): number {
    return this.links.levelAt(this.rates.flows.bottleneck(flow));
  }

  /** Bytes a flow has still to send. */
  bytesLeft(flow: number): number {
    return this.rates.bytesLeft(flow);
  }

  /** The link that bounds the flow's rate (a number beyond the last link for its own cap), after `solve`. */
  bottleneck(flow: number): number {
    return this.rates.flows.bottleneck(flow);
  }

  /** Takes out all flows that finish at this instant. */
  private finishInstant(finished: number[]): void {
    const { rates, links, finishes } = this;
    const end = rates.now + this.instantNs;
    while (finishes.topKey <= end) {
      const link = finishes.top;
      if (links.follows[link] >= 0) {
        this.expect(link);
        if (finishes.topKey > end || finishes.top !== link) continue;
      }
      finished.push(links.finishRoot[link]);
      this.leave(links.finishRoot[link]);
      if (links.finishRoot[link] < 0) finishes.remove(link);
      else this.expect(link);
    }
  }

  private join(flow: number, link: number): void {
    const { rates, links } = this;
    rates.flows.addStop(flow, link);
    links.flows[link]++;
    links.pending[link]++;
    this.carefree.count(link);
    rates.mark(link);
  }

  private leave(flow: number): void {
    const { rates, links } = this;
    const { flows } = rates;
    for (let stop = flows.first[flow]; stop >= 0; stop = flows.along[stop])
      if (links.follows[flows.link[stop]] >= 0) rates.release(flows.link[stop]);
    if (this.carefree.limits.isFree(flow)) this.carefree.limits.drop(flow);
    if (flows.boundStop[flow] >= 0) rates.loosen(flow);
    for (let stop = flows.first[flow]; stop >= 0; stop = flows.along[stop]) {
      const link = flows.link[stop];
      if (flows.list[stop] === PENDING) links.pending[link]--;
      else if (flows.list[stop] === OTHER) rates.dropLoad(link, flows.rate[stop]);
      flows.take(stop);
      links.flows[link]--;
    }
    flows.boundStop[flow] = -1;
    for (let stop = flows.first[flow]; stop >= 0; stop = flows.along[stop]) {
      this.carefree.count(flows.link[stop]);
      rates.mark(flows.link[stop]);
    }
    flows.freeStops(flow);
    this.freeCap(flow);
    this.count--;
  }

  private capLink(cap: number): number {
    const spare = this.spareCaps.pop();
    if (spare !== undefined) {
      this.links.capacity[spare] = cap;
      return spare;
    }
    const link = this.links.add(cap);
    this.rates.reserveLinks();
    this.finishes.reserve(this.links.capacity.length);
    return link;
  }

  private freeCap(flow: number): void {
    if (this.capOf.size === 0) return;
    const link = this.capOf.get(flow);
    if (link === undefined) return;
    this.capOf.delete(flow);
    this.spareCaps.push(link);
  }
}

/** Sorts the elements from `from` on, ascending. */
function sortTail(list: number[], from: number): void {
  const tail = list.splice(from).sort((first, second) => first - second);
  for (const element of tail) list.push(element);
}
