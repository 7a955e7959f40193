/**
 * Fair sharing as a network: a transfer enters one route latency after it was sent, shares every link of its
 * route max-min fairly from then on, and is delivered when its last byte has left (PROTOCOLS section D, the
 * fair-shared NIC). The fluid keeps exact times; an event comes at the next whole nanosecond, and changes of one
 * instant are solved once, at the end of it. What shares no link with anybody never enters the fluid.
 */
import type { Kernel } from '../../kernel.ts';
import type { LinkLoads } from '../../result.ts';
import type { NodeId } from '../../world.ts';
import type { Network, NetworkClient } from '../network.ts';
import type { Topology } from '../topology.ts';
import { roomForWay, wayInto } from '../way.ts';
import { Fluid } from './fluid.ts';
import { LoneTransfers } from './lone-transfers.ts';
import { Place, TransferTable } from './transfer-table.ts';

const NS_PER_SECOND = 1e9;

export class FairNetwork implements Network {
  /** A short transfer overtakes a long one. */
  readonly ordered = false;
  private readonly fluid: Fluid;
  private readonly lone: LoneTransfers;
  private readonly route: Int32Array;
  private readonly capacities: Float64Array;
  /** Capacities as the topology has them, whatever has been set since. */
  private readonly nominal: Float64Array;
  private readonly latencies: Float64Array;
  private readonly messages: Float64Array;
  private readonly bytes: Float64Array;
  private readonly entering: number;
  private readonly instantEnd: number;

  private readonly transfers = new TransferTable();
  /** Transfers that the fluid has finished and that are not handed over yet. */
  private finished: number[] = [];
  /** The one event still to come that ends an instant: its time and its handle. */
  private wakeNs = Infinity;
  private wakeHandle = 0;

  constructor(
    private readonly kernel: Kernel,
    private readonly topology: Topology,
    private readonly client: NetworkClient,
  ) {
    const count = topology.linkCount;
    this.capacities = new Float64Array(count);
    this.latencies = new Float64Array(count);
    for (let index = 0; index < count; index++) {
      const link = topology.link(index);
      this.capacities[index] = link.bandwidthBytesPerSecond / NS_PER_SECOND;
      this.latencies[index] = link.latencyNs;
    }
    this.nominal = this.capacities.slice();
    this.fluid = new Fluid(this.capacities);
    this.route = roomForWay(topology);
    this.messages = new Float64Array(count);
    this.bytes = new Float64Array(count);
    this.entering = kernel.register((transfer) => this.enter(transfer));
    this.instantEnd = kernel.register(() => this.endInstant());
    const ending = kernel.register((transfer) => this.endAlone(transfer));
    this.lone = new LoneTransfers(kernel, count, ending);
  }

  send(
    transfer: number,
    source: NodeId,
    target: NodeId,
    bytes: number,
    latencyFactor: number,
    detour: Int32Array | null = null,
  ): void {
    const { topology, route, latencies } = this;
    const hops = wayInto(topology, source, target, detour, route);
    if (hops === 0)
      throw new RangeError(`send: there is no link between node ${source} and node ${target}`);
    let latencyNs = 0;
    for (let hop = 0; hop < hops; hop++) latencyNs += latencies[route[hop]];
    const size = this.transfers.reserve(transfer);
    if (size !== null) this.lone.reserve(size);
    this.transfers.begin(transfer, source, target, bytes, detour);
    this.approach(transfer, this.kernel.now + Math.ceil(latencyNs * latencyFactor));
  }

  /** Sets what a link carries from now on, in bytes a second; at 0 transfers on it stand still until it is mended. */
  setBandwidth(link: number, bandwidthBytesPerSecond: number): void {
    this.fluid.advance(this.kernel.now, this.finished);
    this.join(link);
    this.capacities[link] = bandwidthBytesPerSecond / NS_PER_SECOND;
    this.fluid.setCapacity(link, this.capacities[link]);
    this.wake(this.kernel.now);
  }

  degrade(link: number, bandwidthFactor: number, latencyFactor: number): void {
    const { bandwidthBytesPerSecond, latencyNs } = this.topology.link(link);
    this.latencies[link] = Math.ceil(latencyNs * latencyFactor);
    this.setBandwidth(link, bandwidthBytesPerSecond * bandwidthFactor);
  }

  emptyPathNs(
    source: NodeId,
    target: NodeId,
    bytes: number,
    latencyFactor: number,
    detour: Int32Array | null = null,
  ): number {
    const hops = wayInto(this.topology, source, target, detour, this.route);
    let latencyNs = 0;
    let slowest = Infinity;
    for (let hop = 0; hop < hops; hop++) {
      latencyNs += this.latencies[this.route[hop]];
      slowest = Math.min(slowest, this.capacities[this.route[hop]]);
    }
    return Math.ceil(latencyNs * latencyFactor) + Math.ceil(bytes / slowest);
  }

  kill(transfer: number): boolean {
    if (!this.hold(transfer)) return false;
    this.drop(transfer);
    return true;
  }

  drop(transfer: number): void {
    this.transfers.places[transfer] = Place.outside;
  }

  hold(transfer: number): boolean {
    const { kernel } = this;
    const { places, entries, entryTimes } = this.transfers;
    if (places[transfer] >= Place.heldBefore) return true;
    if (places[transfer] === Place.onItsWay) {
      kernel.cancel(entries[transfer]);
      entryTimes[transfer] -= kernel.now;
      places[transfer] = Place.heldBefore;
      return true;
    }
    this.fluid.advance(kernel.now, this.finished);
    const left = this.bytesLeft(transfer);
    if (left === 0) return false;
    const hops = this.routeOf(transfer);
    if (places[transfer] === Place.alone) {
      this.lone.takeBack(transfer);
      this.lone.leave(transfer, this.route, hops);
    } else this.fluid.stop(transfer);
    for (let hop = 0; hop < hops; hop++) this.bytes[this.route[hop]] -= left;
    this.transfers.sizes[transfer] = left;
    places[transfer] = Place.heldWithin;
    this.wake(kernel.now);
    return true;
  }

  goOn(transfer: number): void {
    if (this.transfers.places[transfer] === Place.heldWithin) this.share(transfer);
    else this.approach(transfer, this.kernel.now + this.transfers.entryTimes[transfer]);
  }

  loads(): LinkLoads {
    const carried = this.bytesCarried().map((bytes) => Math.max(0, bytes));
    const busyNs = carried.map((bytes, link) => bytes / this.nominal[link]);
    return { messages: this.messages.slice(), bytes: carried.map(Math.round), busyNs };
  }

  busyNs(into: Float64Array): void {
    const carried = this.bytesCarried();
    for (let index = 0; index < into.length; index++)
      into[index] = Math.max(0, carried[index]) / this.nominal[index];
  }

  /** Bytes every link has carried up to now. */
  private bytesCarried(): Float64Array {
    const carried = Float64Array.from(this.bytes);
    for (let transfer = 0; transfer < this.transfers.places.length; transfer++) {
      const left = this.bytesLeftNow(transfer);
      if (left === 0) continue;
      const hops = this.routeOf(transfer);
      for (let hop = 0; hop < hops; hop++) carried[this.route[hop]] -= left;
    }
    return carried;
  }

  /** What `bytesLeft` would be with the fluid moved on to now, without moving it: looking changes no bit. */
  private bytesLeftNow(transfer: number): number {
    const { fluid } = this;
    const left = this.bytesLeft(transfer);
    const isInFluid = this.transfers.places[transfer] === Place.inFluid;
    if (left === 0 || !isInFluid || fluid.bottleneck(transfer) < 0) return left;
    return Math.max(0, left - fluid.rate(transfer) * (this.kernel.now - fluid.now));
  }

  /** The transfer's first byte travels, and comes at that time. */
  private approach(transfer: number, entryNs: number): void {
    const { places, entryTimes, entries } = this.transfers;
    places[transfer] = Place.onItsWay;
    entryTimes[transfer] = entryNs;
    entries[transfer] = this.kernel.schedule(entryNs, this.entering, transfer, 0);
  }

  /** The transfer's first byte has come all the way. */
  private enter(transfer: number): void {
    const hops = this.routeOf(transfer);
    for (let hop = 0; hop < hops; hop++) this.messages[this.route[hop]]++;
    this.share(transfer);
  }

  /** From now on the transfer takes its share. */
  private share(transfer: number): void {
    const { route, fluid, lone, capacities } = this;
    const bytes = this.transfers.sizes[transfer];
    const hops = this.routeOf(transfer);
    let rate = Infinity;
    for (let hop = 0; hop < hops; hop++) {
      const link = route[hop];
      this.bytes[link] += bytes;
      if (lone.occupants[link] >= 0 || !fluid.isIdle(link)) rate = 0;
      else rate = Math.min(rate, capacities[link]);
    }
    if (bytes === 0) {
      this.handOver(transfer);
      return;
    }
    if (rate > 0) {
      this.transfers.places[transfer] = Place.alone;
      lone.start(transfer, route, hops, bytes, rate);
      return;
    }
    fluid.advance(this.kernel.now, this.finished);
    for (let hop = 0; hop < hops; hop++)
      if (lone.occupants[route[hop]] >= 0) {
        this.join(route[hop]);
        this.routeOf(transfer);
      }
    this.transfers.places[transfer] = Place.inFluid;
    fluid.start(transfer, route, hops, bytes);
    this.wake(this.kernel.now);
  }

  /** Moves the lone transfer on a link, if there is one with bytes left, into the fluid. Uses up `route`. */
  private join(link: number): void {
    const transfer = this.lone.occupants[link];
    if (transfer < 0) return;
    const left = this.bytesLeft(transfer);
    // What ends at this very instant is not in anybody's way.
    if (left === 0) return;
    const hops = this.routeOf(transfer);
    this.lone.takeBack(transfer);
    this.lone.leave(transfer, this.route, hops);
    this.transfers.places[transfer] = Place.inFluid;
    this.fluid.start(transfer, this.route, hops, left);
  }

  private endAlone(transfer: number): void {
    this.lone.leave(transfer, this.route, this.routeOf(transfer));
    this.handOver(transfer);
  }

  private handOver(transfer: number): void {
    this.transfers.places[transfer] = Place.outside;
    this.client.departed(transfer);
    this.client.delivered(transfer);
  }

  /** The end of an instant: solves, hands over what has arrived, and waits for the next finish. */
  private endInstant(): void {
    const { fluid, finished } = this;
    this.wakeNs = Infinity;
    fluid.advance(this.kernel.now, finished);
    const next = fluid.nextFinishNs;
    if (next < Infinity) this.wake(Math.max(this.kernel.now, Math.ceil(next - fluid.instantNs)));
    if (finished.length === 0) return;
    this.finished = [];
    for (const transfer of finished) this.handOver(transfer);
  }

  /** Makes sure that an instant ends at that time or earlier. */
  private wake(timeNs: number): void {
    if (this.wakeNs <= timeNs) return;
    if (this.wakeNs < Infinity) this.kernel.cancel(this.wakeHandle);
    this.wakeNs = timeNs;
    this.wakeHandle = this.kernel.schedule(timeNs, this.instantEnd, 0, 0);
  }

  /** Bytes that a transfer which has entered has still to send; 0 for any other. */
  private bytesLeft(transfer: number): number {
    const place = this.transfers.places[transfer];
    if (place === Place.alone) return this.lone.bytesLeft(transfer, this.transfers.sizes[transfer]);
    if (place === Place.inFluid && this.fluid.has(transfer)) return this.fluid.bytesLeft(transfer);
    return 0;
  }

  /** Writes the route of a transfer into `route`; returns the number of its links. */
  private routeOf(transfer: number): number {
    return this.transfers.routeInto(this.route, transfer, this.topology);
  }
}
