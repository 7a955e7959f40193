/** How long the nodes of a run wait for each other. For that long a run may do nothing and still be well. */
import type { Endpoint } from '../channel/endpoint.ts';
import type { Frame } from '../channel/frame.ts';
import type { RoundTrips } from '../channel/round-trips.ts';
import { END_NS } from '../kernel.ts';
import { frameBytes } from './traffic-counters.ts';

export interface Patience {
  /**
   * The longest wait for an answer: the longest time-out of a frame to be sent again since the last call, or that of
   * the largest frame so far on its path as it is now, or the longest silence allowed to a peer that was suspected
   * wrongly. 0 if there was none.
   */
  readonly longestNs: number;
  /** Wrong suspicions of all nodes that are up. */
  readonly wrongSuspicions: number;
  /** Mean number of transmissions until one arrives, on the worst wire that lets any pass. */
  readonly tries: number;
}

export class PatienceTracker {
  private longestTimeOutNs = 0;
  /** Who has suspected anybody: nobody else has learnt how slow others are. */
  private readonly suspicious = new Set<Endpoint>();
  private largest = { from: 0, to: 0, bytes: 0 };

  sent(frame: Frame): void {
    const bytes = frameBytes(frame);
    if (bytes > this.largest.bytes) this.largest = { from: frame.from, to: frame.to, bytes };
  }

  /** A frame is to be sent again after that time. */
  timeOut(ns: number): void {
    this.longestTimeOutNs = Math.max(this.longestTimeOutNs, ns);
  }

  /** The endpoint suspects a peer. */
  suspects(endpoint: Endpoint): void {
    this.suspicious.add(endpoint);
  }

  /** The endpoint's incarnation is over, and the next has begun. */
  forget(endpoint: Endpoint): void {
    this.suspicious.delete(endpoint);
  }

  /** The patience of all, as paths are now. */
  take(tries: number, roundTrips: RoundTrips): Patience {
    const { from, to, bytes } = this.largest;
    const largestNs = bytes === 0 ? 0 : roundTrips.timeOutNs(from, to, bytes);
    // A time-out beyond the end of modelled time never ends.
    let longestNs = Math.max(this.longestTimeOutNs, largestNs < END_NS ? largestNs : 0);
    let wrongSuspicions = 0;
    for (const { watches } of this.suspicious) {
      wrongSuspicions += watches.wrongSuspicions;
      longestNs = Math.max(longestNs, watches.longestSilenceNs);
    }
    this.longestTimeOutNs = 0;
    return { longestNs, wrongSuspicions, tries };
  }
}
