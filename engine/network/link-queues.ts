/** The bookings of each link, in order, where links may change and transfers may be removed. */

/** One hop of a transfer as it is booked. Times are those that will be if nothing changes. */
export interface Leg {
  readonly transfer: number;
  readonly pair: number;
  readonly latencyFactor: number;
  readonly hop: number;
  readonly link: number;
  /** The leg of the hop before. */
  readonly previous: Leg | null;
  /**
   * Changed by each booking: the bytes left, since when they pass, and the time they take and count for on the link.
   */
  bytes: number;
  sinceNs: number;
  durationNs: number;
  countedNs: number;
  /** When its first byte enters the link, and its last one leaves it. */
  startNs: number;
  endNs: number;
  /** Travel time of either to the next hop, or to the target after the last; and when head and tail arrive there. */
  travelNs: number;
  headNs: number;
  tailNs: number;
  /** When the tail of the same pair's previous transfer arrives there. */
  earlierTailNs: number;
}

/**
 * Bytes of it that have not passed the link yet. Bytes that have not passed an earlier link have not passed this one.
 */
export function bytesLeft(leg: Leg, nowNs: number): number {
  const { bytes, sinceNs, durationNs, previous } = leg;
  const passedNs = Math.max(0, nowNs - sinceNs);
  const own = passedNs < durationNs ? bytes * (1 - passedNs / durationNs) : 0;
  return previous !== null && previous.endNs > nowNs
    ? Math.max(own, bytesLeft(previous, nowNs))
    : own;
}

/** The part of a leg's counted time that so many of its bytes make up. */
export function countedFor({ bytes, countedNs }: Leg, left: number): number {
  return left === bytes ? countedNs : countedNs * (left / bytes);
}

export class LinkQueues {
  private readonly queues: Leg[][];

  constructor(linkCount: number) {
    this.queues = Array.from({ length: linkCount }, () => []);
  }

  /** The legs that have not fully passed the link, the first to do so first. */
  on(link: number, nowNs: number): readonly Leg[] {
    const queue = this.queues[link];
    const over = queue.findIndex(({ endNs }) => endNs > nowNs);
    if (over !== 0) queue.splice(0, over < 0 ? queue.length : over);
    return queue;
  }

  add(leg: Leg, nowNs: number): void {
    this.on(leg.link, nowNs);
    this.queues[leg.link].push(leg);
  }

  /** Removes an unfinished leg; returns the next of the same pair behind it, if any. */
  remove(leg: Leg): Leg | null {
    const queue = this.queues[leg.link];
    const place = queue.indexOf(leg);
    queue.splice(place, 1);
    return queue.find(({ pair }, index) => index >= place && pair === leg.pair) ?? null;
  }
}
