/** A transfer in flight in a first-come-first-served network. */
import { NEVER } from '../kernel.ts';
import type { Leg } from './link-queues.ts';

/** The object is reused for every transfer of the same number. */
export class FifoTransfer {
  /**
   * The links of its path. Most paths have one or two: an array of its own for each would be one more miss of the cache
   * whenever a head reaches a link.
   */
  private first = 0;
  private last = 0;
  private between: Int32Array | null = null;
  hops = 0;
  /** The next hop of the head. */
  hop = 0;
  bytes = 0;
  latencyFactor = 1;
  /** Source and target as one number. */
  pair = 0;
  /** When the tail reaches the next hop, or the target after the last. */
  tailNs = 0;
  active = false;
  /** Event handles: its departure, and the arrival of the head at the next hop or of the tail at the target. */
  departure = NEVER;
  next = NEVER;
  /** Its bookings, by hop; kept only where links may change. */
  legs: Leg[] = [];
  /** Since when it is held; infinite if it is not. */
  heldNs = Infinity;

  /** Takes over the first so many links as its path; there must be one. */
  takePath(links: Int32Array, hops: number): void {
    this.hops = hops;
    this.first = links[0];
    this.last = links[hops - 1];
    if (hops <= 2) return;
    if (this.between === null || this.between.length < hops) this.between = new Int32Array(hops);
    for (let hop = 1; hop < hops; hop++) this.between[hop] = links[hop];
  }

  linkAt(hop: number): number {
    if (hop === 0) return this.first;
    return hop === this.hops - 1 ? this.last : this.between![hop];
  }
}

/** Nanoseconds from a head's start to the next hop: it never arrives before the tail of the transfer ahead of it. */
export function travelNs(startNs: number, latencyNs: number, earlierTailNs: number): number {
  return Math.max(Math.ceil(latencyNs), earlierTailNs - startNs);
}
