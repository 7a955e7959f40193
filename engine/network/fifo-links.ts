/**
 * The links of a first-come-first-served network: when each is free again, and what it has carried and been kept busy
 * with. Links are booked ahead, so what is booked counts as carried, and its time is taken off again in every reading.
 */
import { transferNs } from '../cost.ts';
import type { LinkLoads } from '../result.ts';
import { countedFor, type Leg } from './link-queues.ts';
import type { Topology } from './topology.ts';

const NS_PER_SECOND = 1e9;
/** Longer than any run: what a link as good as dead takes, still a time to reckon with. */
const NEVER_NS = 2 ** 70;

export class FifoLinks {
  readonly latencies: Float64Array;
  /** When each link has done all that is booked on it. */
  readonly freeAtNs: Float64Array;
  private readonly topology: Topology;
  private readonly bandwidths: Float64Array;
  /** Bandwidths as the topology has them: the same array while no link is degraded. */
  private nominal: Float64Array;
  readonly messages: Float64Array;
  private readonly bytes: Float64Array;
  /** Busy time of each link, with what is queued on it. */
  private readonly durations: Float64Array;
  /** Time within what is queued on each link in which it waits for slower links before it, as of `readNs`. */
  private readonly gaps: Float64Array;
  private readonly readNs: Float64Array;

  constructor(topology: Topology) {
    const count = topology.linkCount;
    this.topology = topology;
    this.bandwidths = new Float64Array(count);
    this.nominal = this.bandwidths;
    this.latencies = new Float64Array(count);
    this.freeAtNs = new Float64Array(count);
    this.messages = new Float64Array(count);
    this.bytes = new Float64Array(count);
    this.durations = new Float64Array(count);
    this.gaps = new Float64Array(count);
    this.readNs = new Float64Array(count);
    for (let index = 0; index < count; index++) {
      const link = topology.link(index);
      this.bandwidths[index] = link.bandwidthBytesPerSecond;
      this.latencies[index] = link.latencyNs;
    }
  }

  /** What so many bytes take on the link as it is now. */
  durationNs(link: number, bytes: number): number {
    return Math.min(NEVER_NS, transferNs(bytes, this.bandwidths[link]));
  }

  /**
   * Books the link for a message whose head is there and whose tail comes at that time, as soon as the link is free.
   * Gives the end; the start was `freeAtNs`, or now.
   */
  book(link: number, bytes: number, tailNs: number, nowNs: number): number {
    const duration = this.durationNs(link, bytes);
    const startNs = Math.max(nowNs, this.freeAtNs[link]);
    const endNs = Math.max(startNs + duration, tailNs);
    const counted = this.countedNs(link, bytes, duration);
    this.gaps[link] = this.gapAfter(link, nowNs) + (endNs - startNs - counted);
    this.readNs[link] = nowNs;
    this.freeAtNs[link] = endNs;
    this.messages[link]++;
    this.bytes[link] += bytes;
    this.durations[link] += counted;
    return endNs;
  }

  /** Books a leg's bytes, at what they take on the link as it is. Who books so keeps `freeAtNs` as well. */
  occupy(leg: Leg): void {
    const { link, bytes } = leg;
    // Not rounded: at another bandwidth what is left would take the rounding many times.
    leg.durationNs = Math.min(NEVER_NS, bytes / (this.bandwidths[link] / NS_PER_SECOND));
    leg.countedNs = this.countedNs(link, bytes, leg.durationNs);
    this.bytes[link] += bytes;
    this.durations[link] += leg.countedNs;
  }

  /** Of a leg that is booked, so many bytes do not come, or not as they were booked. */
  release(leg: Leg, left: number): void {
    this.bytes[leg.link] -= left;
    this.durations[leg.link] -= countedFor(leg, left);
  }

  /** Holds for what is booked from now on. */
  degrade(link: number, bandwidthFactor: number, latencyFactor: number): void {
    const { bandwidthBytesPerSecond, latencyNs } = this.topology.link(link);
    if (this.nominal === this.bandwidths) this.nominal = this.bandwidths.slice();
    this.bandwidths[link] = bandwidthBytesPerSecond * bandwidthFactor;
    this.latencies[link] = Math.ceil(latencyNs * latencyFactor);
  }

  /** `aheadNs` tells of each link what is booked on it and has not passed yet, as nanoseconds of full use. */
  loads(aheadNs: (link: number) => number): LinkLoads {
    const busyNs = new Float64Array(this.bandwidths.length);
    this.busyNs(busyNs, aheadNs);
    return { messages: this.messages.slice(), bytes: this.bytes.map(Math.round), busyNs };
  }

  busyNs(into: Float64Array, aheadNs: (link: number) => number): void {
    for (let index = 0; index < into.length; index++)
      into[index] = this.durations[index] - aheadNs(index);
  }

  /** What is booked ahead on a link where all has come by `book`. */
  aheadNs(link: number, nowNs: number): number {
    return Math.max(0, this.freeAtNs[link] - nowNs) - this.gapAfter(link, nowNs);
  }

  /**
   * What is left of the gaps in a link's queue. They are taken as spread evenly over it: so use never falls, is never
   * more than the time, and is exact where no slower link comes before.
   */
  private gapAfter(link: number, timeNs: number): number {
    const gap = this.gaps[link];
    const free = this.freeAtNs[link];
    return gap === 0 || free <= timeNs ? 0 : (gap * (free - timeNs)) / (free - this.readNs[link]);
  }

  /** Of that time on a link, what its undegraded bandwidth would have taken: what counts as full use. */
  private countedNs(link: number, bytes: number, durationNs: number): number {
    if (this.nominal === this.bandwidths) return durationNs;
    return Math.min(durationNs, bytes / (this.nominal[link] / NS_PER_SECOND));
  }
}
