/** A transfer in flight in a first-come-first-served network. */
import { NEVER } from '../kernel.ts';
import type { Leg } from './link-queues.ts';

/** The object is reused for every transfer of the same number. */
export class FifoTransfer {
  route = new Int32Array(2);
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
}

/** Nanoseconds from a head's start to the next hop: it never arrives before the tail of the transfer ahead of it. */
export function travelNs(startNs: number, latencyNs: number, earlierTailNs: number): number {
  return Math.max(Math.ceil(latencyNs), earlierTailNs - startNs);
}
