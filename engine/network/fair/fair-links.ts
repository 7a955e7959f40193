/** The links of a fair-sharing network: what they carry and how long they take, and what they have been given to carry. */
import type { LinkLoads } from '../../result.ts';
import type { Topology } from '../topology.ts';

const NS_PER_SECOND = 1e9;

export class FairLinks {
  /** By link: bytes a nanosecond, and nanoseconds, as they are now. */
  readonly capacities: Float64Array;
  private readonly latencies: Float64Array;
  /** Bytes a nanosecond of a link that nothing is wrong with. */
  private readonly nominal: Float64Array;
  private readonly messages: Float64Array;
  private readonly bytes: Float64Array;

  constructor(topology: Topology) {
    const links = Array.from({ length: topology.linkCount }, (_, index) => topology.link(index));
    const capacities = links.map((link) => link.bandwidthBytesPerSecond / NS_PER_SECOND);
    this.capacities = Float64Array.from(capacities);
    this.nominal = Float64Array.from(capacities);
    this.latencies = Float64Array.from(links, ({ latencyNs }) => latencyNs);
    this.messages = new Float64Array(links.length);
    this.bytes = new Float64Array(links.length);
  }

  setBandwidth(link: number, bandwidthBytesPerSecond: number): void {
    this.capacities[link] = bandwidthBytesPerSecond / NS_PER_SECOND;
  }

  setLatency(link: number, latencyNs: number): void {
    this.latencies[link] = latencyNs;
  }

  /** Nanoseconds of a first byte over the first `hops` links of the route. */
  travelNs(route: Int32Array, hops: number, latencyFactor: number): number {
    let latencyNs = 0;
    for (let hop = 0; hop < hops; hop++) latencyNs += this.latencies[route[hop]];
    return Math.ceil(latencyNs * latencyFactor);
  }

  /** Nanoseconds of so many bytes over the slowest of the first `hops` links of the route. */
  carryNs(route: Int32Array, hops: number, bytes: number): number {
    let slowest = Infinity;
    for (let hop = 0; hop < hops; hop++) slowest = Math.min(slowest, this.capacities[route[hop]]);
    return Math.ceil(bytes / slowest);
  }

  /** A message has come to the first `hops` links of the route. */
  count(route: Int32Array, hops: number): void {
    for (let hop = 0; hop < hops; hop++) this.messages[route[hop]]++;
  }

  /** The first `hops` links of the route have so many bytes more to carry; below 0, fewer. */
  add(route: Int32Array, hops: number, bytes: number): void {
    for (let hop = 0; hop < hops; hop++) this.bytes[route[hop]] += bytes;
  }

  /** What the links have carried, if so many bytes of each (`left`) have not passed yet. */
  loads(left: Float64Array): LinkLoads {
    const bytes = this.bytes.map((given, link) => Math.max(0, given - left[link]));
    const busyNs = bytes.map((passed, link) => passed / this.nominal[link]);
    return { messages: this.messages.slice(), bytes: bytes.map(Math.round), busyNs };
  }
}
