/**
 * What the fair-sharing solver keeps of every link, as columns. A link is *saturated* when it has a finite
 * level: the rate of all flows that are bottlenecked at it. Those flows advance together on the link's virtual
 * clock (bytes given to each of them so far), so that a new level touches none of them.
 */
import { grownBytes, grownFloats, grownIntegers } from './growth.ts';

export class LinkTable {
  /** Bytes a nanosecond. */
  capacity = new Float64Array(0);
  /** Rate of the flows bottlenecked here; infinite while the link has room to spare, or while it is raised. */
  level = new Float64Array(0);
  /** Sum of the rates this link knows of its other flows (bottlenecked elsewhere): exact, or an upper bound. */
  load = new Float64Array(0);
  /** No rate in `load` is higher. */
  highest = new Float64Array(0);
  /** Virtual time: bytes that a flow bottlenecked here since the clock began has received. */
  clock = new Float64Array(0);
  /** Nanoseconds at which `clock` was read. */
  clockTime = new Float64Array(0);
  /** Flows on the link; those bottlenecked here; those without a rate yet; those known by a bound only. */
  flows = new Int32Array(0);
  bound = new Int32Array(0);
  pending = new Int32Array(0);
  lazy = new Int32Array(0);
  /** 1 where many flows meet: its flows may advance without telling links that have room to spare. */
  hub = new Uint8Array(0);
  /** Roots of the heap of finishing clock readings and of the heap of limits of carefree flows. */
  finishRoot = new Int32Array(0);
  limitRoot = new Int32Array(0);
  /** The hub that a link follows, or -1: see carefree/following-links.ts. The columns below mean something only then. */
  follows = new Int32Array(0);
  /** The one flow on a following link that is bottlenecked at the hub. */
  followed = new Int32Array(0);
  /** What the link's own flows and the followed one share: bytes a nanosecond. */
  share = new Float64Array(0);
  /** The highest level a following link may have, unless it is told. */
  ceiling = new Float64Array(0);
  /** Reading of the hub's clock when the link's own clock was read. */
  hubClock = new Float64Array(0);
  /** By hub: the lowest level that its followers count on, -1 without followers; and the first follower. */
  floor = new Float64Array(0);
  firstFollower = new Int32Array(0);
  nextFollower = new Int32Array(0);
  previousFollower = new Int32Array(0);
  /** Changes of `load` since it was last summed afresh. */
  drift = new Int32Array(0);
  count = 0;

  constructor(capacities: ArrayLike<number>) {
    this.reserve(capacities.length);
    for (let link = 0; link < capacities.length; link++) this.add(capacities[link]);
  }

  /** Adds an idle link and returns its number. `capacity` in bytes a nanosecond, finite, 0 for a cut link. */
  add(capacity: number): number {
    if (!(capacity >= 0 && capacity < Infinity))
      throw new RangeError(
        `fair sharing: a link's capacity is ${capacity}, a finite number from 0 would be right`,
      );
    const link = this.count++;
    if (link >= this.capacity.length) this.reserve(Math.max(16, 2 * link));
    this.capacity[link] = capacity;
    this.level[link] = Infinity;
    this.floor[link] = -1;
    return link;
  }

  /** Reading of the link's virtual clock at `now`. */
  clockAt(link: number, now: number): number {
    const since = now - this.clockTime[link];
    if (!(since > 0)) return this.clock[link];
    const hub = this.follows[link];
    if (hub < 0) return this.clock[link] + since * this.level[link];
    const followed = this.clockAt(hub, now) - this.hubClock[link];
    return this.clock[link] + (since * this.share[link] - followed) / this.bound[link];
  }

  /** The level of a link at this moment, whether it follows a hub or not. */
  levelAt(link: number): number {
    const hub = this.follows[link];
    if (hub < 0) return this.level[link];
    return (this.share[link] - this.level[hub]) / this.bound[link];
  }

  /** Moves the virtual clock on to `now` at the present level. */
  advanceClock(link: number, now: number): void {
    this.clock[link] = this.bound[link] > 0 ? this.clockAt(link, now) : 0;
    this.clockTime[link] = now;
  }

  private reserve(size: number): void {
    this.capacity = grownFloats(this.capacity, size);
    this.level = grownFloats(this.level, size);
    this.load = grownFloats(this.load, size);
    this.highest = grownFloats(this.highest, size);
    this.clock = grownFloats(this.clock, size);
    this.clockTime = grownFloats(this.clockTime, size);
    this.flows = grownIntegers(this.flows, size, 0);
    this.bound = grownIntegers(this.bound, size, 0);
    this.pending = grownIntegers(this.pending, size, 0);
    this.lazy = grownIntegers(this.lazy, size, 0);
    this.hub = grownBytes(this.hub, size);
    this.finishRoot = grownIntegers(this.finishRoot, size);
    this.limitRoot = grownIntegers(this.limitRoot, size);
    this.follows = grownIntegers(this.follows, size);
    this.followed = grownIntegers(this.followed, size);
    this.share = grownFloats(this.share, size);
    this.ceiling = grownFloats(this.ceiling, size);
    this.hubClock = grownFloats(this.hubClock, size);
    this.floor = grownFloats(this.floor, size);
    this.firstFollower = grownIntegers(this.firstFollower, size);
    this.nextFollower = grownIntegers(this.nextFollower, size);
    this.previousFollower = grownIntegers(this.previousFollower, size);
    this.drift = grownIntegers(this.drift, size, 0);
  }
}
