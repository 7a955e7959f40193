/**
 * The links of a first-come-first-served network: when each is free again, and how much it has carried. Links are
 * booked ahead; readings subtract what is booked and has not passed yet.
 */
import { transferNs } from '../cost.ts';
import type { LinkLoads } from '../result.ts';
import { countedFor, type Leg } from './link-queues.ts';
import type { Topology } from './topology.ts';

const NS_PER_SECOND = 1e9;
/** Longer than any run: the time of a transfer on an almost dead link, still a finite number. */
const NEVER_NS = 2 ** 70;

export class FifoLinks {
  readonly latencies: Float64Array;
  /** When each link has finished all that is booked on it. */
  readonly freeAtNs: Float64Array;
  private readonly topology: Topology;
  private readonly bandwidths: Float64Array;
  /** Bandwidths of the topology: the same array while no link is degraded. */
  private nominal: Float64Array;
  readonly messages: Float64Array;
  private readonly bytes: Float64Array;
  /** Busy time of each link, including what is queued. */
  private readonly durations: Float64Array;
  /** Time in each link's queue in which it waits for slower links upstream, as of `readNs`. */
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

  /** Time of that many bytes on the link at its present bandwidth. */
  durationNs(link: number, bytes: number): number {
    return Math.min(NEVER_NS, transferNs(bytes, this.bandwidths[link]));
  }

  /**
   * Books the link, as soon as it is free, for a message whose head is there and whose tail comes at `tailNs`.
   * Returns the end; the start was `freeAtNs`, or now.
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

  /** Books a leg's bytes at the present bandwidth. The caller keeps `freeAtNs`. */
  occupy(leg: Leg): void {
    const { link, bytes } = leg;
    // Not rounded: each change of bandwidth would round the rest again.
    leg.durationNs = Math.min(NEVER_NS, bytes / (this.bandwidths[link] / NS_PER_SECOND));
    leg.countedNs = this.countedNs(link, bytes, leg.durationNs);
    this.bytes[link] += bytes;
    this.durations[link] += leg.countedNs;
  }

  /** Removes so many bytes of a booked leg: they do not come, or are booked anew. */
  release(leg: Leg, left: number): void {
    this.bytes[leg.link] -= left;
    this.durations[leg.link] -= countedFor(leg, left);
  }

  /** Applies to what is booked from now on. */
  degrade(link: number, bandwidthFactor: number, latencyFactor: number): void {
    const { bandwidthBytesPerSecond, latencyNs } = this.topology.link(link);
    if (this.nominal === this.bandwidths) this.nominal = this.bandwidths.slice();
    this.bandwidths[link] = bandwidthBytesPerSecond * bandwidthFactor;
    this.latencies[link] = Math.ceil(latencyNs * latencyFactor);
  }

  /** `aheadNs` gives, for each link, what is booked and has not passed yet, as nanoseconds of full use. */
  loads(aheadNs: (link: number) => number): LinkLoads {
    const busyNs = new Float64Array(this.bandwidths.length);
    this.busyNs(busyNs, aheadNs);
    return { messages: this.messages.slice(), bytes: this.bytes.map(Math.round), busyNs };
  }

  busyNs(into: Float64Array, aheadNs: (link: number) => number): void {
    for (let index = 0; index < into.length; index++)
      into[index] = this.durations[index] - aheadNs(index);
  }

  /** What is booked ahead on a link that only `book` books. */
  aheadNs(link: number, nowNs: number): number {
    return Math.max(0, this.freeAtNs[link] - nowNs) - this.gapAfter(link, nowNs);
  }

  /**
   * What is left of the gaps in a link's queue, taken as spread evenly over it. So use never falls, never exceeds the
   * time, and is exact where no slower link comes before.
   */
  private gapAfter(link: number, timeNs: number): number {
    const gap = this.gaps[link];
    const free = this.freeAtNs[link];
    return gap === 0 || free <= timeNs ? 0 : (gap * (free - timeNs)) / (free - this.readNs[link]);
  }

  /** The part of that time that counts as full use: what the undegraded bandwidth would have taken. */
  private countedNs(link: number, bytes: number, durationNs: number): number {
    if (this.nominal === this.bandwidths) return durationNs;
    return Math.min(durationNs, bytes / (this.nominal[link] / NS_PER_SECOND));
  }
}
