/** Who has booked which link, in order, where links may change and transfers may be taken out. */

/** The passage of a transfer over one hop of its route, as it is booked: times are those that will be if nothing changes. */
export interface Leg {
  readonly transfer: number;
  readonly pair: number;
  readonly latencyFactor: number;
  readonly hop: number;
  readonly link: number;
  /** Over the hop before. */
  readonly previous: Leg | null;
  /** From here on in this state: the bytes left, since when they pass, and what they take and count for on the link. */
  bytes: number;
  sinceNs: number;
  durationNs: number;
  countedNs: number;
  /** When its first byte enters the link, and its last one leaves it. */
  startNs: number;
  endNs: number;
  /** What either takes from there to the next hop, or the target after the last, and when they are there. */
  travelNs: number;
  headNs: number;
  tailNs: number;
  /** When the tail of the transfer before of the same pair is there. */
  earlierTailNs: number;
}

/** Bytes of it that have not passed the link yet: none has that has not passed the links before. */
export function bytesLeft(leg: Leg, nowNs: number): number {
  const { bytes, sinceNs, durationNs, previous } = leg;
  const passedNs = Math.max(0, nowNs - sinceNs);
  const own = passedNs < durationNs ? bytes * (1 - passedNs / durationNs) : 0;
  return previous !== null && previous.endNs > nowNs
    ? Math.max(own, bytesLeft(previous, nowNs))
    : own;
}

/** Of what a leg counts for on its link, the part of so many of its bytes. */
export function countedFor({ bytes, countedNs }: Leg, left: number): number {
  return left === bytes ? countedNs : countedNs * (left / bytes);
}

export class LinkQueues {
  private readonly queues: Leg[][];

  constructor(linkCount: number) {
    this.queues = Array.from({ length: linkCount }, () => []);
  }

  /** Those that have not wholly passed the link, the first to do so first. */
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

  /** Takes one out that is not over; gives the next of the same pair behind it, if there is one. */
  remove(leg: Leg): Leg | null {
    const queue = this.queues[leg.link];
    const place = queue.indexOf(leg);
    queue.splice(place, 1);
    return queue.find(({ pair }, index) => index >= place && pair === leg.pair) ?? null;
  }
}
