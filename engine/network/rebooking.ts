/**
 * Recomputes bookings of first-come-first-served links where links may change and transfers may be removed or held. A
 * changed link goes on with the bytes that are left, transfers behind move earlier or later, and so do their bookings
 * on later links. It must not know what the times are for.
 */
import type { Kernel } from '../kernel.ts';
import type { FifoLinks } from './fifo-links.ts';
import { travelNs, type FifoTransfer } from './fifo-transfer.ts';
import { bytesLeft, countedFor, LinkQueues, type Leg } from './link-queues.ts';
import type { TailOrder } from './tail-order.ts';

interface RebookingParts {
  readonly kernel: Kernel;
  readonly links: FifoLinks;
  readonly order: TailOrder;
  readonly transfers: readonly FifoTransfer[];
  /** The time at which the transfer leaves its sender has changed. */
  departs(transfer: FifoTransfer, number: number): void;
  /** The time at which its head reaches the next hop, or its tail the target, has changed. */
  goesOn(transfer: FifoTransfer, number: number): void;
}

export class Rebooking {
  private readonly parts: RebookingParts;
  private readonly queues: LinkQueues;

  constructor(linkCount: number, parts: RebookingParts) {
    this.parts = parts;
    this.queues = new LinkQueues(linkCount);
  }

  /** The head of a transfer is at its next hop: books the link behind all others. */
  enter(number: number): void {
    const { transfers, links } = this.parts;
    const transfer = transfers[number];
    const { hop, pair, latencyFactor, bytes, legs } = transfer;
    const link = transfer.linkAt(transfer.hop++);
    const previous = hop === 0 ? null : legs[hop - 1];
    const leg: Leg = {
      transfer: number,
      pair,
      latencyFactor,
      hop,
      link,
      previous,
      bytes,
      sinceNs: Infinity,
      durationNs: 0,
      countedNs: 0,
      startNs: Infinity,
      endNs: Infinity,
      travelNs: 0,
      headNs: Infinity,
      tailNs: Infinity,
      earlierTailNs: 0,
    };
    legs.push(leg);
    links.messages[link]++;
    this.append(leg);
    if (hop === 0) this.parts.departs(transfer, number);
    this.parts.goesOn(transfer, number);
  }

  /** The link's bandwidth or latency has changed. */
  linkChanged(link: number): void {
    this.retime(link, true);
  }

  /**
   * Holds a transfer where it is, and gives its links to the transfers behind. False, with no effect, if it has
   * arrived at this instant.
   */
  hold(number: number): boolean {
    const { kernel, transfers } = this.parts;
    const { now } = kernel;
    const transfer = transfers[number];
    const { legs, hops } = transfer;
    const foremost = legs[legs.length - 1];
    if (legs.length === hops && foremost.tailNs <= now) return false;
    kernel.cancel(transfer.next);
    if (legs[0].endNs > now) kernel.cancel(transfer.departure);
    transfer.heldNs = now;
    const left = legs.filter(({ endNs }) => endNs > now);
    // Last leg first: the bytes that have passed a link depend on the legs before.
    for (const leg of left.toReversed()) this.takeOff(leg);
    for (const { link } of left) this.retime(link, false);
    return true;
  }

  /** Releases a held transfer with what is left of it, behind all others on each link. */
  goOn(number: number): void {
    const { kernel, transfers, order } = this.parts;
    const transfer = transfers[number];
    const { legs, pair, heldNs } = transfer;
    const stoodNs = kernel.now - heldNs;
    transfer.heldNs = Infinity;
    for (const leg of legs) {
      if (leg.headNs >= heldNs && leg.startNs < Infinity) leg.headNs += stoodNs;
      if (leg.endNs === Infinity) {
        this.append(leg);
        continue;
      }
      if (leg.tailNs <= heldNs) continue;
      leg.tailNs += stoodNs;
      order.set(pair, leg.hop, leg.tailNs);
    }
    if (legs[0].endNs > heldNs) this.parts.departs(transfer, number);
    this.parts.goesOn(transfer, number);
  }

  /** Nanoseconds of full use still to come from what is booked on a link. */
  aheadNs(link: number): number {
    const { now } = this.parts.kernel;
    return this.queues
      .on(link, now)
      .reduce((sum, leg) => sum + countedFor(leg, bytesLeft(leg, now)), 0);
  }

  /** Books a leg behind all others on its link. */
  private append(leg: Leg): void {
    const { kernel, links, order } = this.parts;
    links.occupy(leg);
    leg.earlierTailNs = order.lastTailNs(leg.pair, leg.hop);
    this.time(leg, Math.max(kernel.now, links.freeAtNs[leg.link]));
    links.freeAtNs[leg.link] = leg.endNs;
    order.set(leg.pair, leg.hop, leg.tailNs);
    this.queues.add(leg, kernel.now);
  }

  private takeOff(leg: Leg): void {
    const { kernel, links, order } = this.parts;
    const left = bytesLeft(leg, kernel.now);
    links.release(leg, left);
    leg.bytes = left;
    const successor = this.queues.remove(leg);
    if (successor) successor.earlierTailNs = leg.earlierTailNs;
    else order.set(leg.pair, leg.hop, leg.earlierTailNs);
    if (leg.startNs > kernel.now) leg.startNs = leg.headNs = Infinity;
    leg.sinceNs = leg.endNs = leg.tailNs = Infinity;
  }

  /** Recomputes the times on a link, and on later links as far as they depend on it. */
  private retime(link: number, hasChanged: boolean): void {
    const { kernel, links, order } = this.parts;
    const tails = new Map<number, number>();
    const beyond = new Set<number>();
    let freeNs = kernel.now;
    for (const leg of this.queues.on(link, kernel.now)) {
      const { pair, hop, endNs, headNs, tailNs } = leg;
      leg.earlierTailNs = tails.get(pair) ?? leg.earlierTailNs;
      if (hasChanged) this.measure(leg);
      this.time(leg, freeNs);
      freeNs = leg.endNs;
      tails.set(pair, leg.tailNs);
      order.set(pair, hop, leg.tailNs);
      if (leg.endNs === endNs && leg.headNs === headNs && leg.tailNs === tailNs) continue;
      const next = this.tell(leg);
      if (next) beyond.add(next.link);
    }
    links.freeAtNs[link] = freeNs;
    for (const other of beyond) this.retime(other, false);
  }

  /** Books what is left of a leg at the link's new bandwidth. */
  private measure(leg: Leg): void {
    const { kernel, links } = this.parts;
    const left = bytesLeft(leg, kernel.now);
    links.release(leg, left);
    leg.bytes = left;
    links.occupy(leg);
    leg.sinceNs = Math.max(leg.sinceNs, kernel.now);
  }

  /** Computes the times of a leg whose link is free for it from `freeNs` on, unless it holds the link already. */
  private time(leg: Leg, freeNs: number): void {
    const { kernel, links } = this.parts;
    const { link, previous, latencyFactor } = leg;
    if (leg.sinceNs > kernel.now) leg.sinceNs = freeNs;
    if (leg.startNs > kernel.now) {
      leg.startNs = freeNs;
      const latencyNs = links.latencies[link] * latencyFactor;
      leg.travelNs = travelNs(freeNs, latencyNs, leg.earlierTailNs);
      leg.headNs = freeNs + leg.travelNs;
    }
    leg.endNs = Math.max(leg.sinceNs + Math.ceil(leg.durationNs), previous?.tailNs ?? 0);
    leg.tailNs = leg.endNs + leg.travelNs;
  }

  /** The times of a leg have changed. Returns its transfer's next leg, if the head has reached it. */
  private tell({ transfer: number, hop }: Leg): Leg | null {
    const transfer = this.parts.transfers[number];
    if (hop === 0) this.parts.departs(transfer, number);
    if (hop + 1 < transfer.legs.length) return transfer.legs[hop + 1];
    this.parts.goesOn(transfer, number);
    return null;
  }
}
