/**
 * Fair sharing as a network: a transfer enters the fluid one route latency after it was sent, shares every link
 * of its route max-min fairly from then on, and is delivered when its last byte has left (PROTOCOLS section D,
 * the fair-shared NIC). The fluid keeps exact times; an event comes at the next whole nanosecond, and changes
 * of one instant are solved once, at the end of it.
 */
import type { Kernel } from '../../kernel.ts';
import type { LinkUse } from '../../result.ts';
import type { NodeId } from '../../world.ts';
import type { Network, NetworkClient } from '../network.ts';
import type { Topology } from '../topology.ts';
import { Fluid } from './fluid.ts';
import { grownBytes, grownCapacity, grownFloats, grownIntegers } from './growth.ts';

const NS_PER_SECOND = 1e9;

export class FairNetwork implements Network {
  /** A short transfer overtakes a long one. */
  readonly ordered = false;
  private readonly fluid: Fluid;
  private readonly route: Int32Array;
  private readonly latencies: Float64Array;
  private readonly messages: Float64Array;
  private readonly bytes: Float64Array;
  private readonly entering: number;
  private readonly settling: number;

  /** By transfer: its ends, its bytes, and whether it is in the fluid. */
  private sources = new Int32Array(0);
  private targets = new Int32Array(0);
  private sizes = new Float64Array(0);
  private inFluid = new Uint8Array(0);

  private readonly finished: number[] = [];
  /** The one settling event still to come: its time and its handle. */
  private wakeNs = Infinity;
  private wakeHandle = 0;

  constructor(
    private readonly kernel: Kernel,
    private readonly topology: Topology,
    private readonly client: NetworkClient,
  ) {
    const count = topology.linkCount;
    const capacities = new Float64Array(count);
    this.latencies = new Float64Array(count);
    for (let index = 0; index < count; index++) {
      const link = topology.link(index);
      capacities[index] = link.bandwidthBytesPerSecond / NS_PER_SECOND;
      this.latencies[index] = link.latencyNs;
    }
    this.fluid = new Fluid(capacities);
    this.route = new Int32Array(topology.longestRoute);
    this.messages = new Float64Array(count);
    this.bytes = new Float64Array(count);
    this.entering = kernel.register((transfer) => this.enter(transfer));
    this.settling = kernel.register(() => this.settle());
  }

  send(
    transfer: number,
    source: NodeId,
    target: NodeId,
    bytes: number,
    latencyFactor: number,
  ): void {
    const { route, latencies } = this;
    const hops = this.topology.route(source, target, route);
    if (hops === 0)
      throw new RangeError(`send: there is no link between node ${source} and node ${target}`);
    let latencyNs = 0;
    for (let hop = 0; hop < hops; hop++) latencyNs += latencies[route[hop]];
    if (transfer >= this.sizes.length) this.reserve(transfer + 1);
    this.sources[transfer] = source;
    this.targets[transfer] = target;
    this.sizes[transfer] = bytes;
    const delayNs = Math.ceil(latencyNs * latencyFactor);
    this.kernel.schedule(this.kernel.now + delayNs, this.entering, transfer, 0);
  }

  /**
   * Sets what a link carries from now on, in bytes a second; 0 cuts it: transfers on it stand still until it is
   * mended.
   */
  setBandwidth(link: number, bandwidthBytesPerSecond: number): void {
    this.fluid.advance(this.kernel.now, this.finished);
    this.fluid.setCapacity(link, bandwidthBytesPerSecond / NS_PER_SECOND);
    this.wake(this.kernel.now);
  }

  /** Takes a transfer that has entered the fluid out of the network: it is never delivered. */
  kill(transfer: number): void {
    this.fluid.advance(this.kernel.now, this.finished);
    if (this.inFluid[transfer] === 0 || this.finished.includes(transfer)) return;
    this.inFluid[transfer] = 0;
    const left = this.fluid.stop(transfer);
    this.eachLink(transfer, (link) => (this.bytes[link] -= left));
    this.wake(this.kernel.now);
  }

  use(): LinkUse[] {
    this.fluid.advance(this.kernel.now, this.finished);
    const sent = Float64Array.from(this.bytes);
    const waiting = new Set(this.finished);
    for (let transfer = 0; transfer < this.inFluid.length; transfer++) {
      if (this.inFluid[transfer] === 0 || waiting.has(transfer)) continue;
      const left = this.fluid.bytesLeft(transfer);
      this.eachLink(transfer, (link) => (sent[link] -= left));
    }
    const uses: LinkUse[] = [];
    for (let index = 0; index < sent.length; index++) {
      const { id, bandwidthBytesPerSecond, latencyNs } = this.topology.link(index);
      const bytes = Math.max(0, Math.round(sent[index]));
      const busyNs = (bytes / bandwidthBytesPerSecond) * NS_PER_SECOND;
      const messages = this.messages[index];
      uses.push({ id, bandwidthBytesPerSecond, latencyNs, messages, bytes, busyNs });
    }
    return uses;
  }

  /** The transfer's first byte has come all the way: from now on it takes its share. */
  private enter(transfer: number): void {
    const bytes = this.sizes[transfer];
    const { route, fluid } = this;
    const hops = this.topology.route(this.sources[transfer], this.targets[transfer], route);
    for (let hop = 0; hop < hops; hop++) {
      this.messages[route[hop]]++;
      this.bytes[route[hop]] += bytes;
    }
    if (bytes === 0) {
      this.client.departed(transfer);
      this.client.delivered(transfer);
      return;
    }
    fluid.advance(this.kernel.now, this.finished);
    this.inFluid[transfer] = 1;
    fluid.start(transfer, route, hops, bytes);
    this.wake(this.kernel.now);
  }

  /** The end of an instant: solves, hands over what has arrived, and waits for the next finish. */
  private settle(): void {
    const { fluid, finished, client } = this;
    this.wakeNs = Infinity;
    fluid.advance(this.kernel.now, finished);
    const arrived = finished.length > 0 ? finished.splice(0) : finished;
    const next = fluid.nextFinishNs;
    if (next < Infinity) this.wake(Math.max(this.kernel.now, Math.ceil(next - fluid.instantNs)));
    for (const transfer of arrived) {
      this.inFluid[transfer] = 0;
      client.departed(transfer);
      client.delivered(transfer);
    }
  }

  /** Makes sure that there is a settling event at that time or earlier. */
  private wake(timeNs: number): void {
    if (this.wakeNs <= timeNs) return;
    if (this.wakeNs < Infinity) this.kernel.cancel(this.wakeHandle);
    this.wakeNs = timeNs;
    this.wakeHandle = this.kernel.schedule(timeNs, this.settling, 0, 0);
  }

  private eachLink(transfer: number, visit: (link: number) => void): void {
    const { route } = this;
    const hops = this.topology.route(this.sources[transfer], this.targets[transfer], route);
    for (let hop = 0; hop < hops; hop++) visit(route[hop]);
  }

  private reserve(transfers: number): void {
    const size = grownCapacity(transfers);
    this.sources = grownIntegers(this.sources, size);
    this.targets = grownIntegers(this.targets, size);
    this.sizes = grownFloats(this.sizes, size);
    this.inFluid = grownBytes(this.inFluid, size);
  }
}
