/**
 * Max-min fair levels by incremental water-filling. Progressive filling raises one water level over all links
 * and fixes the rates of a link when it is full; here only links that a change reaches are looked at, in the same order,
 * lowest level first, so that whatever lies below the water is final. Exact: it ends when no link's level
 * differs from the one its own flows ask for. It knows nothing of time but the clocks it moves on.
 */
import type { CarefreeFlows } from './carefree/carefree-flows.ts';
import { OTHER, PENDING, TIED } from './flow-table.ts';
import { LOAD_TOLERANCE } from './rates.ts';
import type { Rates } from './rates.ts';

/** Two levels nearer than this are one: relative to the level, and relative to the capacity. */
const LEVEL_TOLERANCE = 1e-13;
const CAPACITY_TOLERANCE = 1e-15;
/** Loads are summed afresh after that many changes a flow. */
const DRIFT_A_FLOW = 4;
const DRIFT_LEAST = 256;
/** Once in so many fills of hubs their tied flows are looked at again: some may have become carefree. */
const RECONSIDER = 16;

export class WaterFilling {
  /** Links looked at since the beginning: what a solve costs. */
  looks = 0;
  private hubFills = 0;

  constructor(
    private readonly rates: Rates,
    private readonly carefree: CarefreeFlows,
  ) {}

  /** Settles every link that was marked, and every link that their new levels reach. */
  solve(): void {
    const { rates, carefree } = this;
    const { links, queue } = rates;
    while (queue.size > 0) {
      const link = queue.top;
      this.looks++;
      const level = this.wantedLevel(link);
      const key = Math.min(level, links.level[link]);
      queue.remove(link);
      if (key > queue.topKey) queue.set(link, key);
      else this.take(link, level);
    }
    carefree.freeCandidates();
  }

  private take(link: number, level: number): void {
    const { links, queue } = this.rates;
    const before = links.level[link];
    if (level === Infinity) {
      if (before < Infinity) this.spare(link);
    } else if (before === Infinity) this.fill(link, level);
    else if (this.same(link, before, level)) this.fill(link, before);
    else if (level < before || level <= queue.topKey) this.fill(link, level);
    else this.raise(link, level);
  }

  private same(link: number, first: number, second: number): boolean {
    const apart = Math.abs(first - second);
    const capacity = this.rates.links.capacity[link];
    return apart <= LEVEL_TOLERANCE * first + CAPACITY_TOLERANCE * capacity;
  }

  /** The link takes that level; flows that are faster elsewhere, or without a rate yet, are bottlenecked here. */
  private fill(link: number, level: number): void {
    const { rates, carefree } = this;
    const { links, flows } = rates;
    links.advanceClock(link, rates.now);
    const before = links.level[link];
    carefree.tieOutside(link, level);
    links.level[link] = level;
    rates.change(link);
    this.bindList(link, PENDING, -1);
    if (links.highest[link] > level) {
      this.bindList(link, OTHER, level * (1 + LEVEL_TOLERANCE));
      this.sumAfresh(link);
    }
    if (level === before) return;
    if (links.hub[link] === 1 && ++this.hubFills % RECONSIDER === 0) carefree.considerTied(link);
    for (let stop = flows.head(link, TIED); stop >= 0; stop = flows.next[stop])
      rates.learnElsewhere(flows.flow[stop], level);
  }

  private bindList(link: number, list: number, above: number): void {
    const { rates, carefree } = this;
    const { flows } = rates;
    let stop = flows.head(link, list);
    while (stop >= 0) {
      const after = flows.next[stop];
      if (list === PENDING || flows.rate[stop] > above) {
        rates.bind(stop);
        carefree.limits.consider(flows.flow[stop]);
      }
      stop = after;
    }
  }

  /** The link's level will rise, but lower water comes first: until then its flows have no rate. */
  private raise(link: number, level: number): void {
    const { rates, carefree } = this;
    const { links, flows, queue } = rates;
    links.advanceClock(link, rates.now);
    carefree.tieOutside(link, level);
    links.level[link] = Infinity;
    for (let stop = flows.head(link, TIED); stop >= 0; stop = flows.next[stop])
      rates.forgetElsewhere(flows.flow[stop]);
    queue.set(link, level);
  }

  /** The link has room to spare: nothing is bottlenecked here any more. */
  private spare(link: number): void {
    const { links } = this.rates;
    links.level[link] = Infinity;
    this.rates.change(link);
    this.carefree.considerAll(link);
  }

  /** The level at which the link would be full, all that is known of its other flows given; infinite if never. */
  private wantedLevel(link: number): number {
    const { links } = this.rates;
    const sharers = links.bound[link] + links.pending[link];
    const capacity = links.capacity[link];
    if (sharers === 0 && links.load[link] <= capacity * (1 + LOAD_TOLERANCE)) return Infinity;
    if (links.lazy[link] > 0) this.carefree.tieAllOn(link);
    if (links.drift[link] > DRIFT_A_FLOW * links.flows[link] + DRIFT_LEAST) this.sumAfresh(link);
    if (links.bound[link] + links.pending[link] > 0) {
      const level = (capacity - links.load[link]) / (links.bound[link] + links.pending[link]);
      if (level >= links.highest[link]) return level;
    }
    this.sumAfresh(link);
    return this.levelAmongFaster(link);
  }

  private sumAfresh(link: number): void {
    const { links, flows } = this.rates;
    let load = 0;
    let highest = 0;
    for (let stop = flows.head(link, OTHER); stop >= 0; stop = flows.next[stop]) {
      const rate = flows.rate[stop];
      load += rate;
      if (rate > highest) highest = rate;
    }
    links.load[link] = load;
    links.highest[link] = highest;
    links.drift[link] = 0;
  }

  /** As `wantedLevel`, where flows known to be faster than the level would share in it. */
  private levelAmongFaster(link: number): number {
    const { links, flows } = this.rates;
    const capacity = links.capacity[link];
    const sharers = links.bound[link] + links.pending[link];
    if (sharers === 0 && links.load[link] <= capacity * (1 + LOAD_TOLERANCE)) return Infinity;
    let level = sharers > 0 ? (capacity - links.load[link]) / sharers : 0;
    level = Math.max(level, capacity / links.flows[link]);
    for (;;) {
      let slower = 0;
      let faster = 0;
      for (let stop = flows.head(link, OTHER); stop >= 0; stop = flows.next[stop]) {
        const rate = flows.rate[stop];
        if (rate > level) faster++;
        else slower += rate;
      }
      if (sharers + faster === 0) return level;
      const next = (capacity - slower) / (sharers + faster);
      if (next <= level) return level;
      level = next;
    }
  }
}
