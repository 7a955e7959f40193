/**
 * First come, first served: every link carries one transfer at a time, in the order in which their heads reach
 * it, and transfers cut through (PROTOCOLS section 0). On hop h of its route a transfer of S bytes has
 *
 *     start_h = max(head's arrival, the link is free)
 *     end_h   = max(start_h + S / bandwidth_h, tail's arrival)
 *
 * and its head and tail reach the next hop one latency later; a link is free again at end_h. Two transfers
 * between the same nodes never overtake each other, whatever the jitter of their latencies.
 */
import { transferNs } from '../cost.ts';
import type { Kernel } from '../kernel.ts';
import type { LinkUse } from '../result.ts';
import type { NodeId } from '../world.ts';
import type { Network, NetworkClient } from './network.ts';
import type { Topology } from './topology.ts';

/** A transfer under way. The object of a number is used again for every transfer of that number. */
class Transfer {
  route = new Int32Array(2);
  hops = 0;
  /** The hop the head goes to next. */
  hop = 0;
  bytes = 0;
  latencyFactor = 1;
  /** The two ends as one number. */
  pair = 0;
  /** When the tail reaches the next hop, or the target after the last. */
  tailNs = 0;
  active = false;
}

/** What has to be known of a transfer to take it out: kept where transfers can be killed, and nowhere else. */
class Booking {
  /** When it has the first link. */
  startNs = 0;
  departureNs = 0;
  /** Handles of its departure and of the next thing that happens to it. */
  departure = 0;
  next = 0;
  /** Its tail at the end of the first link, and the tail of its pair's transfer before, where order asks for them. */
  tailNs = 0;
  earlierTailNs = 0;
}

export class FifoNetwork implements Network {
  readonly ordered = true;
  private readonly kernel: Kernel;
  private readonly topology: Topology;
  private readonly client: NetworkClient;
  private readonly transfers: Transfer[] = [];
  private readonly bookings: Booking[] | null;
  private readonly scratch: Int32Array;

  private readonly bandwidths: Float64Array;
  /** Bandwidths as the topology has them: the same array while no link is degraded. */
  private nominal: Float64Array;
  private readonly latencies: Float64Array;
  private readonly freeAtNs: Float64Array;
  private readonly messages: Float64Array;
  private readonly bytes: Float64Array;
  /** Busy time of each link, with what is queued on it. */
  private readonly durations: Float64Array;
  /** Time within what is queued on each link in which it waits for slower links before it, as of `readNs`. */
  private readonly gaps: Float64Array;
  private readonly readNs: Float64Array;

  /** Once latencies differ from message to message: the last tail of each pair of nodes at the end of each hop. */
  private lastTails: Map<number, number> | null = null;

  private readonly headArrival: number;
  private readonly departure: number;
  private readonly delivery: number;

  /** `canKill` where transfers may have to be taken out. */
  constructor(kernel: Kernel, topology: Topology, client: NetworkClient, canKill = false) {
    this.kernel = kernel;
    this.bookings = canKill ? [] : null;
    this.topology = topology;
    this.client = client;
    const count = topology.linkCount;
    this.scratch = new Int32Array(topology.longestRoute);
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
    this.headArrival = kernel.register((transfer) => this.enter(transfer));
    this.departure = kernel.register((transfer) => client.departed(transfer));
    this.delivery = kernel.register((transfer) => this.arrive(transfer));
  }

  send(number: number, source: NodeId, target: NodeId, bytes: number, latencyFactor: number): void {
    const hops = this.topology.route(source, target, this.scratch);
    if (hops === 0)
      throw new RangeError(`send: there is no link between node ${source} and node ${target}`);
    const transfer = (this.transfers[number] ??= new Transfer());
    if (transfer.route.length < hops) transfer.route = new Int32Array(hops);
    for (let hop = 0; hop < hops; hop++) transfer.route[hop] = this.scratch[hop];
    transfer.hops = hops;
    transfer.hop = 0;
    transfer.bytes = bytes;
    transfer.latencyFactor = latencyFactor;
    transfer.pair = source * this.topology.nodeCount + target;
    transfer.tailNs = 0;
    if (latencyFactor !== 1) this.lastTails ??= this.tailsUnderWay();
    transfer.active = true;
    this.enter(number);
  }

  /**
   * What is booked ahead stays booked, with two exceptions: the first link is free again at once if nobody has booked
   * it after the transfer, and links that its head has not reached are never booked. So transit traffic that stood
   * behind it on a ring's cable keeps its times, and of what has left a truncated frame goes on to its target's NIC.
   */
  kill(number: number): boolean {
    if (!this.bookings) throw new Error('kill: this network was made to carry all to the end');
    const { kernel } = this;
    const { now } = kernel;
    const transfer = this.transfers[number];
    const booking = this.bookings[number];
    const { startNs, departureNs } = booking;
    if (!transfer.active || departureNs <= now) return false;
    kernel.cancel(booking.departure);
    kernel.cancel(booking.next);
    transfer.active = false;
    const { bytes } = transfer;
    const link = transfer.route[0];
    const heldNs = departureNs - startNs;
    const unsent = startNs >= now ? 1 : (departureNs - now) / heldNs;
    const unusedNs = unsent * this.countedNs(link, bytes, heldNs);
    const gap = this.gapAfter(link, now);
    if (unsent === 1) this.messages[link]--;
    this.bytes[link] -= Math.round(unsent * bytes);
    this.durations[link] -= unusedNs;
    if (this.freeAtNs[link] === departureNs) {
      this.freeAtNs[link] = Math.max(now, startNs);
      this.gaps[link] = Math.max(0, gap - (unsent * heldNs - unusedNs));
    } else this.gaps[link] = gap + unusedNs;
    this.readNs[link] = now;
    transfer.hop = 0;
    const key = pairHop(transfer, this.topology.longestRoute);
    if (this.lastTails?.get(key) === booking.tailNs) this.lastTails.set(key, booking.earlierTailNs);
    return true;
  }

  /** Holds for what enters the link from now on; what is queued on it keeps its times. */
  degrade(link: number, bandwidthFactor: number, latencyFactor: number): void {
    const { bandwidthBytesPerSecond, latencyNs } = this.topology.link(link);
    if (this.nominal === this.bandwidths) this.nominal = this.bandwidths.slice();
    this.lastTails ??= this.tailsUnderWay();
    this.bandwidths[link] = bandwidthBytesPerSecond * bandwidthFactor;
    this.latencies[link] = Math.ceil(latencyNs * latencyFactor);
  }

  emptyPathNs(source: NodeId, target: NodeId, bytes: number, latencyFactor: number): number {
    const hops = this.topology.route(source, target, this.scratch);
    let latencyNs = 0;
    let slowest = Infinity;
    for (let hop = 0; hop < hops; hop++) {
      latencyNs += this.latencies[this.scratch[hop]];
      slowest = Math.min(slowest, this.bandwidths[this.scratch[hop]]);
    }
    return Math.ceil(latencyNs * latencyFactor) + transferNs(bytes, slowest);
  }

  use(): LinkUse[] {
    const uses: LinkUse[] = [];
    const busy = new Float64Array(this.bandwidths.length);
    this.busyNs(busy);
    for (let index = 0; index < this.bandwidths.length; index++) {
      uses.push({
        id: this.topology.link(index).id,
        bandwidthBytesPerSecond: this.nominal[index],
        latencyNs: this.topology.link(index).latencyNs,
        messages: this.messages[index],
        bytes: this.bytes[index],
        busyNs: busy[index],
      });
    }
    return uses;
  }

  busyNs(into: Float64Array): void {
    const { now } = this.kernel;
    for (let index = 0; index < into.length; index++) {
      const later = Math.max(0, this.freeAtNs[index] - now);
      into[index] = this.durations[index] - (later - this.gapAfter(index, now));
    }
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
    return Math.min(durationNs, transferNs(bytes, this.nominal[link]));
  }

  /** The head has reached the next hop: takes the link as soon as it is free. */
  private enter(number: number): void {
    const transfer = this.transfers[number];
    const now = this.kernel.now;
    const link = transfer.route[transfer.hop];
    const duration = transferNs(transfer.bytes, this.bandwidths[link]);
    const startNs = Math.max(now, this.freeAtNs[link]);
    const endNs = Math.max(startNs + duration, transfer.tailNs);
    const counted = this.countedNs(link, transfer.bytes, duration);
    this.gaps[link] = this.gapAfter(link, now) + (endNs - startNs - counted);
    this.readNs[link] = now;
    this.freeAtNs[link] = endNs;
    this.messages[link]++;
    this.bytes[link] += transfer.bytes;
    this.durations[link] += counted;
    const departure =
      transfer.hop === 0 ? this.kernel.schedule(endNs, this.departure, number, 0) : -1;

    let latency = this.latencies[link];
    const earlierTailNs = this.lastTails === null ? 0 : this.lastTailOf(transfer);
    if (this.lastTails !== null)
      latency = this.orderedLatency(transfer, startNs, latency, earlierTailNs);
    transfer.tailNs = endNs + latency;
    transfer.hop++;
    const next =
      transfer.hop < transfer.hops
        ? this.kernel.schedule(startNs + latency, this.headArrival, number, 0)
        : this.kernel.schedule(transfer.tailNs, this.delivery, number, 0);
    if (this.bookings === null) return;
    const booking = (this.bookings[number] ??= new Booking());
    booking.next = next;
    if (departure < 0) return;
    booking.departure = departure;
    booking.startNs = startNs;
    booking.departureNs = endNs;
    booking.tailNs = transfer.tailNs;
    booking.earlierTailNs = earlierTailNs;
  }

  /** The jittered latency, made longer where the head would arrive before the tail of its predecessor. */
  private orderedLatency(
    transfer: Transfer,
    startNs: number,
    latencyNs: number,
    earlierTailNs: number,
  ): number {
    const headNs = startNs + Math.ceil(latencyNs * transfer.latencyFactor);
    const orderedHeadNs = Math.max(headNs, earlierTailNs);
    const link = transfer.route[transfer.hop];
    const key = pairHop(transfer, this.topology.longestRoute);
    this.lastTails!.set(key, this.freeAtNs[link] + orderedHeadNs - startNs);
    return orderedHeadNs - startNs;
  }

  private lastTailOf(transfer: Transfer): number {
    return this.lastTails!.get(pairHop(transfer, this.topology.longestRoute)) ?? 0;
  }

  /** The tails of what is on its way when the first latency differs, as `lastTails` would have them. */
  private tailsUnderWay(): Map<number, number> {
    const tails = new Map<number, number>();
    for (const transfer of this.transfers) {
      if (!transfer?.active) continue;
      transfer.hop--;
      const key = pairHop(transfer, this.topology.longestRoute);
      transfer.hop++;
      tails.set(key, Math.max(transfer.tailNs, tails.get(key) ?? 0));
    }
    return tails;
  }

  private arrive(number: number): void {
    this.transfers[number].active = false;
    this.client.delivered(number);
  }
}

function pairHop(transfer: Transfer, longestRoute: number): number {
  return transfer.pair * longestRoute + transfer.hop;
}
