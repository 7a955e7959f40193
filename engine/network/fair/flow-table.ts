/**
 * What the fair-sharing solver keeps of every flow, as columns, and its *stops*: one for each link of its route,
 * each in one list of that link. It knows lists and numbers, not how rates come about.
 */
import { grownBytes, grownCapacity, grownFloats, grownIntegers } from './growth.ts';

/** The list of its link that a stop is in. */
/** Bottlenecked elsewhere, at a rate this link knows. */
export const OTHER = 0;
/** It has no rate yet, or none that is known here. */
export const PENDING = 1;
/** Bottlenecked here; the other links of the route hear of every change. */
export const TIED = 2;
/** Bottlenecked here; the other links of the route have set a limit aside for it and need not hear. */
export const FREE = 3;

export class FlowTable {
  /** Number of flow numbers there is room for. */
  size = 0;
  /** First stop of the flow's route; -1 for a number that is not in use. */
  first = new Int32Array(0);
  /** The stop at the flow's bottleneck link; -1 while it has no rate. */
  boundStop = new Int32Array(0);
  /** Bytes left, for a flow without a bottleneck. Otherwise its finish is a reading of that link's clock. */
  bytes = new Float64Array(0);
  /** Link, flow and next stop of the same route, of every stop. */
  link = new Int32Array(0);
  flow = new Int32Array(0);
  along = new Int32Array(0);
  list = new Uint8Array(0);
  /** What the link knows of the flow's rate (bytes a nanosecond), while the stop is in list OTHER. */
  rate = new Float64Array(0);
  /** First stop of each list of each link: four a link. */
  heads = new Int32Array(0);
  next = new Int32Array(0);
  private previous = new Int32Array(0);
  private freeStop = -1;
  private stops = 0;

  /** Makes room for flows 0 to `flow`; returns the new size. */
  reserveFlow(flow: number): number {
    const size = grownCapacity(flow + 1);
    this.first = grownIntegers(this.first, size);
    this.boundStop = grownIntegers(this.boundStop, size);
    this.bytes = grownFloats(this.bytes, size);
    this.size = size;
    return size;
  }

  /** Makes room for the lists of links 0 to links - 1. */
  reserveLinks(links: number): void {
    this.heads = grownIntegers(this.heads, 4 * links);
  }

  /** The flow's bottleneck link, or -1. */
  bottleneck(flow: number): number {
    const stop = this.boundStop[flow];
    return stop < 0 ? -1 : this.link[stop];
  }

  /** Adds a stop of the flow at a link, in list PENDING. */
  addStop(flow: number, link: number): void {
    let stop = this.freeStop;
    if (stop >= 0) this.freeStop = this.along[stop];
    else {
      stop = this.stops++;
      if (stop >= this.link.length) this.growStops(stop + 1);
    }
    this.link[stop] = link;
    this.flow[stop] = flow;
    this.along[stop] = this.first[flow];
    this.first[flow] = stop;
    this.put(stop, PENDING);
  }

  /** Gives back a stop that is in no list. */
  freeStops(flow: number): void {
    let stop = this.first[flow];
    while (stop >= 0) {
      const after = this.along[stop];
      this.along[stop] = this.freeStop;
      this.freeStop = stop;
      stop = after;
    }
    this.first[flow] = -1;
  }

  /** First stop of one of a link's lists, or -1. */
  head(link: number, list: number): number {
    return this.heads[4 * link + list];
  }

  put(stop: number, list: number): void {
    const at = 4 * this.link[stop] + list;
    const head = this.heads[at];
    this.next[stop] = head;
    this.previous[stop] = -1;
    if (head >= 0) this.previous[head] = stop;
    this.heads[at] = stop;
    this.list[stop] = list;
  }

  take(stop: number): void {
    const before = this.previous[stop];
    const after = this.next[stop];
    if (before >= 0) this.next[before] = after;
    else this.heads[4 * this.link[stop] + this.list[stop]] = after;
    if (after >= 0) this.previous[after] = before;
  }

  move(stop: number, list: number): void {
    this.take(stop);
    this.put(stop, list);
  }

  private growStops(needed: number): void {
    const size = grownCapacity(needed);
    this.link = grownIntegers(this.link, size);
    this.flow = grownIntegers(this.flow, size);
    this.along = grownIntegers(this.along, size);
    this.list = grownBytes(this.list, size);
    this.rate = grownFloats(this.rate, size);
    this.next = grownIntegers(this.next, size);
    this.previous = grownIntegers(this.previous, size);
  }
}
