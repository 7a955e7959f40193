/** Who has booked which link, in order, where transfers may be taken out: then those behind move up. */

/** The passage of a transfer over one hop of its route, as it is booked. */
export interface Leg {
  readonly transfer: number;
  readonly hop: number;
  readonly link: number;
  readonly bytes: number;
  readonly durationNs: number;
  /** Of the link when it was booked, without jitter. */
  readonly latencyNs: number;
  /** When the tail comes to the link. */
  readonly arrivalNs: number;
  startNs: number;
  endNs: number;
  /** When the head and the tail reach the next hop, or the target after the last. */
  headNs: number;
  tailNs: number;
  /** When the tail of the transfer before of the same pair does, where latencies differ. */
  earlierTailNs: number;
  /** Handles of its departure, on the first hop, and of what happens at the end of the hop. */
  departure: number;
  next: number;
}

export class LinkQueues {
  private readonly queues: Leg[][];

  constructor(linkCount: number) {
    this.queues = Array.from({ length: linkCount }, () => []);
  }

  add(leg: Leg, nowNs: number): void {
    const queue = this.queues[leg.link];
    const over = queue.findIndex(({ endNs }) => endNs > nowNs);
    queue.splice(0, over < 0 ? queue.length : over);
    queue.push(leg);
  }

  /** Takes one out that is not over; gives those that have booked its link after it. */
  remove(leg: Leg): readonly Leg[] {
    const queue = this.queues[leg.link];
    const place = queue.indexOf(leg);
    queue.splice(place, 1);
    return queue.slice(place);
  }
}
