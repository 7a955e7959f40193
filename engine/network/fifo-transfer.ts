/** What a first-come-first-served network keeps of a transfer under way. */
import { NEVER } from '../kernel.ts';
import type { Leg } from './link-queues.ts';

/** The object of a number is used again for every transfer of that number. */
export class FifoTransfer {
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
  /** Handles of its departure, and of the head's arrival at the next hop or of the tail's at the target. */
  departure = NEVER;
  next = NEVER;
  /** What it has booked, by hop; kept where links may change, and nowhere else. */
  legs: Leg[] = [];
  /** Since when it stands still; infinite if it does not. */
  heldNs = Infinity;
}

/** Nanoseconds to the next hop of a head that starts then: it is never there before the tail of the one before it. */
export function travelNs(startNs: number, latencyNs: number, earlierTailNs: number): number {
  return Math.max(Math.ceil(latencyNs), earlierTailNs - startNs);
}
