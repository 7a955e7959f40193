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
import type { Kernel } from '../kernel.ts';
import type { NodeId } from '../world.ts';
import { FifoLinks } from './fifo-links.ts';
import { LinkQueues, type Leg } from './link-queues.ts';
import type { Network, NetworkClient, NetworkUse } from './network.ts';
import { TailOrder } from './tail-order.ts';
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
  /** What it has booked, by hop; kept where transfers can be killed, and nowhere else. */
  legs: Leg[] = [];
}

export class FifoNetwork implements Network {
  readonly ordered = true;
  private readonly kernel: Kernel;
  private readonly topology: Topology;
  private readonly client: NetworkClient;
  private readonly transfers: Transfer[] = [];
  private readonly links: FifoLinks;
  private readonly queues: LinkQueues | null;
  private readonly order: TailOrder;
  private readonly scratch: Int32Array;

  private readonly headArrival: number;
  private readonly departure: number;
  private readonly delivery: number;

  /** `canKill` where transfers may have to be taken out. */
  constructor(kernel: Kernel, topology: Topology, client: NetworkClient, canKill = false) {
    this.kernel = kernel;
    this.topology = topology;
    this.client = client;
    this.links = new FifoLinks(topology);
    this.queues = canKill ? new LinkQueues(topology.linkCount) : null;
    this.order = new TailOrder(topology.longestRoute);
    if (canKill) this.order.begin();
    this.scratch = new Int32Array(topology.longestRoute);
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
    if (latencyFactor !== 1) this.keepOrder();
    transfer.active = true;
    if (this.queues !== null) transfer.legs = [];
    this.enter(number);
  }

  /**
   * What has left of it goes on to its target as a truncated frame, and takes the links that its head has reached for
   * that long alone. Those that wait behind it on any of them move up at once.
   */
  kill(number: number): boolean {
    const { now } = this.kernel;
    const transfer = this.transfers[number];
    const { legs } = transfer;
    const [first] = legs;
    if (!transfer.active || first.endNs <= now) return false;
    this.kernel.cancel(first.departure);
    this.kernel.cancel(legs[legs.length - 1].next);
    transfer.active = false;
    const heldNs = first.endNs - first.startNs;
    const unsent = first.startNs >= now ? 1 : (first.endNs - now) / heldNs;
    let tailNs = now;
    for (const leg of legs) {
      const { startNs, endNs, headNs, durationNs } = leg;
      const sentNs = leg === first ? 0 : Math.ceil((1 - unsent) * durationNs);
      const truncatedNs = Math.min(endNs, Math.max(startNs + sentNs, tailNs));
      tailNs = truncatedNs + headNs - startNs;
      const freeNs = this.moveUp(leg, transfer.pair, truncatedNs);
      this.links.giveBack(leg.link, leg, unsent, freeNs, now);
    }
    return true;
  }

  /** Holds for what enters the link from now on; what is queued on it keeps its times. */
  degrade(link: number, bandwidthFactor: number, latencyFactor: number): void {
    this.keepOrder();
    this.links.degrade(link, bandwidthFactor, latencyFactor);
  }

  emptyPathNs(source: NodeId, target: NodeId, bytes: number, latencyFactor: number): number {
    const hops = this.topology.route(source, target, this.scratch);
    let latencyNs = 0;
    let slowestNs = 0;
    for (let hop = 0; hop < hops; hop++) {
      latencyNs += this.links.latencies[this.scratch[hop]];
      slowestNs = Math.max(slowestNs, this.links.durationNs(this.scratch[hop], bytes));
    }
    return Math.ceil(latencyNs * latencyFactor) + slowestNs;
  }

  use(): NetworkUse[] {
    return this.links.use(this.kernel.now);
  }

  busyNs(into: Float64Array): void {
    this.links.busyNs(into, this.kernel.now);
  }

  /** The head has reached the next hop: takes the link as soon as it is free. */
  private enter(number: number): void {
    const transfer = this.transfers[number];
    const { links, order } = this;
    const { now } = this.kernel;
    const { hop, bytes, pair, tailNs: arrivalNs } = transfer;
    const link = transfer.route[hop];
    const startNs = Math.max(now, links.freeAtNs[link]);
    const endNs = links.book(link, bytes, arrivalNs, now);
    const latencyNs = links.latencies[link];
    let headNs = startNs + latencyNs;
    let earlierTailNs = 0;
    if (order.isKept) {
      earlierTailNs = order.lastTailNs(pair, hop);
      headNs = headAfter(startNs, latencyNs * transfer.latencyFactor, earlierTailNs);
      order.set(pair, hop, endNs + headNs - startNs);
    }
    const tailNs = endNs + headNs - startNs;
    transfer.tailNs = tailNs;
    transfer.hop++;
    const departure = hop === 0 ? this.kernel.schedule(endNs, this.departure, number, 0) : -1;
    const next = this.scheduleNext(transfer, number, headNs);
    if (this.queues === null) return;
    const leg: Leg = {
      ...{ transfer: number, hop, link, bytes, latencyNs, arrivalNs, startNs, endNs, headNs },
      ...{ tailNs, earlierTailNs, departure, next, durationNs: links.durationNs(link, bytes) },
    };
    transfer.legs.push(leg);
    this.queues.add(leg, now);
  }

  /** The head is at the next hop at that time, or if there is none the tail where it is to go. */
  private scheduleNext(transfer: Transfer, number: number, headNs: number): number {
    return transfer.hop < transfer.hops
      ? this.kernel.schedule(headNs, this.headArrival, number, 0)
      : this.kernel.schedule(transfer.tailNs, this.delivery, number, 0);
  }

  /**
   * The leg of a transfer that was killed is over at that time; gives the end of all on its link. None of those that
   * wait there has booked any link beyond: its head is not there yet.
   */
  private moveUp(killed: Leg, pair: number, truncatedNs: number): number {
    const { order } = this;
    const { hop } = killed;
    let freeNs = truncatedNs;
    const tails = new Map([[pair, killed.earlierTailNs]]);
    for (const leg of this.queues!.remove(killed)) {
      const transfer = this.transfers[leg.transfer];
      leg.earlierTailNs = tails.get(transfer.pair) ?? leg.earlierTailNs;
      this.bookAgain(leg, transfer, freeNs);
      tails.set(transfer.pair, leg.tailNs);
      freeNs = leg.endNs;
      if (order.isKept) order.set(transfer.pair, leg.hop, leg.tailNs);
    }
    if (order.isKept) order.set(pair, hop, tails.get(pair)!);
    return freeNs;
  }

  /** A leg that has not begun begins at that time instead. */
  private bookAgain(leg: Leg, transfer: Transfer, startNs: number): void {
    const { kernel } = this;
    const { transfer: number, latencyNs, durationNs, arrivalNs } = leg;
    leg.startNs = startNs;
    leg.endNs = Math.max(startNs + durationNs, arrivalNs);
    leg.headNs = headAfter(startNs, latencyNs * transfer.latencyFactor, leg.earlierTailNs);
    leg.tailNs = leg.endNs + leg.headNs - startNs;
    transfer.tailNs = leg.tailNs;
    kernel.cancel(leg.next);
    leg.next = this.scheduleNext(transfer, number, leg.headNs);
    if (leg.departure < 0) return;
    kernel.cancel(leg.departure);
    leg.departure = kernel.schedule(leg.endNs, this.departure, number, 0);
  }

  /** From now on latencies may differ: what is on its way is not to be overtaken either. */
  private keepOrder(): void {
    const { order } = this;
    if (order.isKept) return;
    order.begin();
    for (const transfer of this.transfers) {
      if (!transfer?.active) continue;
      const { pair, hop, tailNs } = transfer;
      order.set(pair, hop - 1, Math.max(tailNs, order.lastTailNs(pair, hop - 1)));
    }
  }

  private arrive(number: number): void {
    this.transfers[number].active = false;
    this.client.delivered(number);
  }
}

/** When a head that starts then is at the next hop: never before the tail of the one before it. */
function headAfter(startNs: number, latencyNs: number, earlierTailNs: number): number {
  return Math.max(startNs + Math.ceil(latencyNs), earlierTailNs);
}
