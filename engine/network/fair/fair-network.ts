/**
 * Fair sharing as a network: a transfer enters one route latency after it was sent, or when the transfer before it on its
 * connection has ended, if that is later. It shares every link of its route max-min fairly with the other connections
 * from then on, and is delivered when its last byte has left (PROTOCOLS section D, the fair-shared NIC). The fluid keeps
 * exact times; an event comes at the next whole nanosecond, and changes of one instant are solved once, at the end of it.
 * What shares no link with anybody never enters the fluid.
 */
import type { Kernel } from '../../kernel.ts';
import type { LinkLoads } from '../../result.ts';
import type { NodeId } from '../../world.ts';
import type { Network, NetworkClient } from '../network.ts';
import type { Topology } from '../topology.ts';
import { roomForWay, wayInto } from '../way.ts';
import { Connections } from './connections.ts';
import { FairLinks } from './fair-links.ts';
import { Fluid } from './fluid.ts';
import { LoneTransfers } from './lone-transfers.ts';
import { Place, TransferTable } from './transfer-table.ts';

export class FairNetwork implements Network {
  private readonly fluid: Fluid;
  private readonly lone: LoneTransfers;
  private readonly route: Int32Array;
  private readonly links: FairLinks;
  private readonly entering: number;
  private readonly instantEnd: number;

  private readonly transfers = new TransferTable();
  private readonly connections = new Connections();
  /** Transfers that the fluid has finished and that are not handed over yet. */
  private finished: number[] = [];
  /** The one event still to come that ends an instant: its time and its handle. */
  private wakeNs = Infinity;
  private wakeHandle = 0;

  /** With `apart` every transfer is a connection of its own. */
  constructor(
    private readonly kernel: Kernel,
    private readonly topology: Topology,
    private readonly client: NetworkClient,
    private readonly apart = false,
  ) {
    this.links = new FairLinks(topology);
    this.fluid = new Fluid(this.links.capacities);
    this.route = roomForWay(topology);
    this.entering = kernel.register((transfer) => this.enter(transfer));
    this.instantEnd = kernel.register(() => this.endInstant());
    const ending = kernel.register((transfer) => this.endAlone(transfer));
    this.lone = new LoneTransfers(kernel, topology.linkCount, ending);
  }

  send(
    transfer: number,
    source: NodeId,
    target: NodeId,
    bytes: number,
    latencyFactor: number,
    detour: Int32Array | null = null,
  ): number {
    const { topology, route } = this;
    const hops = wayInto(topology, source, target, detour, route);
    if (hops === 0)
      throw new RangeError(`send: there is no link between node ${source} and node ${target}`);
    const travelNs = this.links.travelNs(route, hops, latencyFactor);
    const size = this.transfers.reserve(transfer);
    if (size !== null) {
      this.lone.reserve(size);
      this.connections.reserve(size);
    }
    this.transfers.begin(transfer, source, target, bytes, detour);
    // Who goes another way is in nobody's way.
    const start = detour ? source + topology.nodeCount : source;
    this.connections.join(transfer, this.apart ? transfer : start, target);
    this.approach(transfer, this.kernel.now + travelNs);
    return Infinity;
  }

  /** Sets what a link carries from now on, in bytes a second; at 0 transfers on it stand still until it is mended. */
  setBandwidth(link: number, bandwidthBytesPerSecond: number): void {
    this.fluid.advance(this.kernel.now, this.finished);
    this.join(link);
    this.links.setBandwidth(link, bandwidthBytesPerSecond);
    this.fluid.setCapacity(link, this.links.capacities[link]);
    this.wake(this.kernel.now);
  }

  degrade(link: number, bandwidthFactor: number, latencyFactor: number): void {
    const { bandwidthBytesPerSecond, latencyNs } = this.topology.link(link);
    this.links.setLatency(link, Math.ceil(latencyNs * latencyFactor));
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
    const travelNs = this.links.travelNs(this.route, hops, latencyFactor);
    return travelNs + this.links.carryNs(this.route, hops, bytes);
  }

  kill(transfer: number): boolean {
    if (!this.hold(transfer)) return false;
    this.drop(transfer);
    return true;
  }

  /** The next of its connection goes on. */
  drop(transfer: number): void {
    const { places } = this.transfers;
    places[transfer] = Place.outside;
    const next = this.connections.leave(transfer);
    if (next >= 0 && places[next] === Place.waiting) this.share(next);
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
    if (places[transfer] === Place.waiting) {
      places[transfer] = Place.heldWithin;
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
    this.links.add(this.route, hops, -left);
    this.transfers.sizes[transfer] = left;
    places[transfer] = Place.heldWithin;
    this.wake(kernel.now);
    return true;
  }

  goOn(transfer: number): void {
    if (this.transfers.places[transfer] === Place.heldWithin) this.takeTurn(transfer);
    else this.approach(transfer, this.kernel.now + this.transfers.entryTimes[transfer]);
  }

  loads(): LinkLoads {
    return this.links.loads(this.bytesLeftByLink());
  }

  busyNs(into: Float64Array): void {
    into.set(this.loads().busyNs);
  }

  /** Bytes of each link that have not passed by now. */
  private bytesLeftByLink(): Float64Array {
    const all = new Float64Array(this.topology.linkCount);
    for (let transfer = 0; transfer < this.transfers.places.length; transfer++) {
      const left = this.bytesLeftNow(transfer);
      if (left === 0) continue;
      const hops = this.routeOf(transfer);
      for (let hop = 0; hop < hops; hop++) all[this.route[hop]] += left;
    }
    return all;
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
    this.links.count(this.route, this.routeOf(transfer));
    this.takeTurn(transfer);
  }

  /** The transfer takes its share as soon as it is the first of its connection. */
  private takeTurn(transfer: number): void {
    if (this.connections.isFirst(transfer)) this.share(transfer);
    else this.transfers.places[transfer] = Place.waiting;
  }

  /** From now on the transfer takes its share. */
  private share(transfer: number): void {
    const { route, fluid, lone, links } = this;
    const bytes = this.transfers.sizes[transfer];
    const hops = this.routeOf(transfer);
    this.links.add(route, hops, bytes);
    let rate = Infinity;
    for (let hop = 0; hop < hops; hop++) {
      const link = route[hop];
      if (lone.occupants[link] >= 0 || !fluid.isIdle(link)) rate = 0;
      else rate = Math.min(rate, links.capacities[link]);
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
    this.drop(transfer);
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
