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
import type { LinkLoads } from '../result.ts';
import type { NodeId } from '../world.ts';
import { FifoLinks } from './fifo-links.ts';
import { FifoTransfer, travelNs } from './fifo-transfer.ts';
import type { Network, NetworkClient } from './network.ts';
import { Rebooking } from './rebooking.ts';
import { TailOrder } from './tail-order.ts';
import type { Topology } from './topology.ts';
import { roomForWay, wayInto } from './way.ts';

export class FifoNetwork implements Network {
  private readonly kernel: Kernel;
  private readonly topology: Topology;
  private readonly client: NetworkClient;
  private readonly transfers: FifoTransfer[] = [];
  private readonly links: FifoLinks;
  private readonly rebooking: Rebooking | null;
  private readonly order: TailOrder;
  private readonly scratch: Int32Array;

  private readonly headArrival: number;
  private readonly departure: number;
  private readonly delivery: number;

  /** `canFail`: links may change, and transfers may be removed or held. */
  constructor(kernel: Kernel, topology: Topology, client: NetworkClient, canFail = false) {
    this.kernel = kernel;
    this.topology = topology;
    this.client = client;
    this.links = new FifoLinks(topology);
    // A detour has at most all the links.
    this.order = new TailOrder(canFail ? topology.linkCount : topology.longestRoute);
    this.rebooking = canFail ? this.rebookingOf(topology.linkCount) : null;
    this.scratch = roomForWay(topology);
    this.headArrival = kernel.register(
      this.rebooking?.enter.bind(this.rebooking) ?? ((transfer) => this.enter(transfer)),
    );
    this.departure = kernel.register((transfer) => client.departed(transfer));
    this.delivery = kernel.register((transfer) => this.arrive(transfer));
  }

  send(
    number: number,
    source: NodeId,
    target: NodeId,
    bytes: number,
    latencyFactor: number,
    detour: Int32Array | null = null,
  ): number {
    const { nodeCount } = this.topology;
    const route = this.scratch;
    const hops = wayInto(this.topology, source, target, detour, route);
    if (hops === 0)
      throw new RangeError(`send: there is no link between node ${source} and node ${target}`);
    const transfer = (this.transfers[number] ??= new FifoTransfer());
    transfer.takePath(route, hops);
    transfer.hop = 0;
    transfer.bytes = bytes;
    transfer.latencyFactor = latencyFactor;
    // Transfers on a detour are not kept in order with those on the usual route.
    transfer.pair = source * nodeCount + target + (detour ? nodeCount ** 2 : 0);
    transfer.tailNs = 0;
    if (latencyFactor !== 1) this.keepOrder();
    transfer.active = true;
    if (this.rebooking === null) return this.enter(number);
    transfer.legs = [];
    transfer.heldNs = Infinity;
    this.rebooking.enter(number);
    return Infinity;
  }

  kill(number: number): boolean {
    const transfer = this.transfers[number];
    if (!transfer.active || transfer.legs[0].endNs <= this.kernel.now) return false;
    this.hold(number);
    this.drop(number);
    return true;
  }

  drop(number: number): void {
    const transfer = this.transfers[number];
    const { legs, bytes } = transfer;
    transfer.active = false;
    for (const leg of legs) if (leg.bytes === bytes) this.links.messages[leg.link]--;
  }

  hold(number: number): boolean {
    const { active, heldNs } = this.transfers[number];
    return active && (heldNs < Infinity || this.rebooking!.hold(number));
  }

  goOn(number: number): void {
    this.rebooking!.goOn(number);
  }

  degrade(link: number, bandwidthFactor: number, latencyFactor: number): void {
    this.links.degrade(link, bandwidthFactor, latencyFactor);
    this.rebooking!.linkChanged(link);
  }

  emptyPathNs(
    source: NodeId,
    target: NodeId,
    bytes: number,
    latencyFactor: number,
    detour: Int32Array | null = null,
  ): number {
    const route = this.scratch;
    const hops = wayInto(this.topology, source, target, detour, route);
    let latencyNs = 0;
    let slowestNs = 0;
    for (let hop = 0; hop < hops; hop++) {
      latencyNs += this.links.latencies[route[hop]];
      slowestNs = Math.max(slowestNs, this.links.durationNs(route[hop], bytes));
    }
    return Math.ceil(latencyNs * latencyFactor) + slowestNs;
  }

  loads(): LinkLoads {
    return this.links.loads((link) => this.aheadNs(link));
  }

  busyNs(into: Float64Array): void {
    this.links.busyNs(into, (link) => this.aheadNs(link));
  }

  private aheadNs(link: number): number {
    const { rebooking, links, kernel } = this;
    return rebooking ? rebooking.aheadNs(link) : links.aheadNs(link, kernel.now);
  }

  /** The head has reached the next hop: books the link for as soon as it is free. Returns when the tail leaves it. */
  private enter(number: number): number {
    const transfer = this.transfers[number];
    const { links, order, kernel } = this;
    const { hop, bytes, pair } = transfer;
    const link = transfer.linkAt(hop);
    const startNs = Math.max(kernel.now, links.freeAtNs[link]);
    const endNs = links.book(link, bytes, transfer.tailNs, kernel.now);
    let travelsNs = links.latencies[link];
    if (order.isKept) {
      const latencyNs = travelsNs * transfer.latencyFactor;
      travelsNs = travelNs(startNs, latencyNs, order.lastTailNs(pair, hop));
      order.set(pair, hop, endNs + travelsNs);
    }
    transfer.tailNs = endNs + travelsNs;
    transfer.hop++;
    if (transfer.hop < transfer.hops)
      kernel.schedule(startNs + travelsNs, this.headArrival, number, 0);
    else kernel.schedule(transfer.tailNs, this.delivery, number, 0);
    return endNs;
  }

  private rebookingOf(linkCount: number): Rebooking {
    const { kernel, links, order, transfers } = this;
    order.begin();
    return new Rebooking(linkCount, {
      ...{ kernel, links, order, transfers },
      departs: (transfer, number) => {
        kernel.cancel(transfer.departure);
        transfer.departure = kernel.schedule(transfer.legs[0].endNs, this.departure, number, 0);
      },
      goesOn: (transfer, number) => {
        const { headNs, tailNs } = transfer.legs[transfer.legs.length - 1];
        const isLast = transfer.hop === transfer.hops;
        kernel.cancel(transfer.next);
        transfer.next = isLast
          ? kernel.schedule(tailNs, this.delivery, number, 0)
          : kernel.schedule(headNs, this.headArrival, number, 0);
      },
    });
  }

  /** From now on latencies may differ: transfers in flight must not be overtaken either. */
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
