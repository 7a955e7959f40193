/**
 * Which pairs of nodes need not play their heartbeats out at present: nothing can happen to the two hosts and the wire
 * between them before a fault strikes or is over, and each is sure to hear of the other in time. Keeps the books of
 * the beats that nobody plays. At the end of a lull all is put back as it would be: silences, frames on their way, the
 * next beat. When a lull has to end is for the transport to say.
 */
import type { Endpoint } from '../channel/endpoint.ts';
import type { LullCounts } from '../detector/lull.ts';
import { Lull } from '../detector/lull.ts';
import type { NodeId } from '../world.ts';
import { BEAT_BYTES, type TrafficBooks } from './traffic-books.ts';
import type { WirePassage } from './wire-passage.ts';

export interface LullParts {
  readonly heartbeatNs: number;
  readonly passage: WirePassage;
  /** The beats are added to them. */
  readonly books: TrafficBooks;
  station(node: NodeId): { readonly endpoint: Endpoint; readonly state: string };
}

interface Entry {
  readonly node: NodeId;
  readonly peer: NodeId;
  readonly lull: Lull;
  /** What is in the books already. */
  booked: LullCounts;
}

const NOTHING: LullCounts = { beatsSent: 0, beatsHeard: 0, answersSent: 0, answersHeard: 0 };

export class Lulls {
  private readonly parts: LullParts;
  /** By the pair, in the order of beginning. */
  private readonly entries = new Map<number, Entry>();

  constructor(parts: LullParts) {
    this.parts = parts;
  }

  has(node: NodeId, peer: NodeId): boolean {
    return this.entries.has(this.parts.books.pairKey(node, peer));
  }

  /** Begins a lull with the beat of the node, which is up, that is due now; false where that cannot be. */
  begin(node: NodeId, peer: NodeId, nowNs: number): boolean {
    const { passage, heartbeatNs, station } = this.parts;
    const here = station(node).endpoint;
    const { endpoint: there, state } = station(peer);
    if (node === peer || state !== 'up') return false;
    if (!passage.isClear(node, peer) || !passage.isClear(peer, node)) return false;
    if (!here.knows(peer, there.incarnation) || !there.knows(node, here.incarnation)) return false;
    const outNs = passage.pathNs(node, peer, BEAT_BYTES);
    const backNs = passage.pathNs(peer, node, BEAT_BYTES);
    const isMutual = there.isWatching(node);
    const heardNs = (isMutual ? there.expectation(node).beatNs : nowNs + outNs) + backNs;
    if (heardNs >= here.expectation(peer).silentNs) return false;
    if (nowNs + outNs >= there.expectation(node).silentNs) return false;
    const answerNs = isMutual ? null : backNs;
    const lull = new Lull({ firstNs: nowNs, heartbeatNs, outNs, backNs: answerNs });
    this.entries.set(this.parts.books.pairKey(node, peer), { node, peer, lull, booked: NOTHING });
    return true;
  }

  /** Tells the node what it has heard of the peer's beats before that time. */
  hear(node: NodeId, peer: NodeId, nowNs: number): void {
    const lull = this.entries.get(this.parts.books.pairKey(peer, node))?.lull;
    const heard = lull?.before(nowNs).beatsHeard ?? 0;
    if (lull && heard > 0)
      this.parts.station(node).endpoint.heard(peer, lull.beatHeardNs(heard - 1));
  }

  /** Brings the books up to that time. */
  book(nowNs: number): void {
    for (const entry of this.entries.values()) this.bookOne(entry, entry.lull.before(nowNs));
  }

  /** Ends the lulls between those two. What happens at `nowNs` itself has not happened yet. */
  endBetween(one: NodeId, other: NodeId, nowNs: number): void {
    this.end(this.parts.books.pairKey(one, other), nowNs);
    this.end(this.parts.books.pairKey(other, one), nowNs);
  }

  /** Ends all lulls to and from that node. */
  endOf(node: NodeId, nowNs: number): void {
    for (const [key, entry] of this.entries)
      if (entry.node === node || entry.peer === node) this.end(key, nowNs);
  }

  endAll(nowNs: number): void {
    for (const key of this.entries.keys()) this.end(key, nowNs);
  }

  private end(key: number, nowNs: number): void {
    const entry = this.entries.get(key);
    if (!entry) return;
    this.entries.delete(key);
    const { node, peer, lull } = entry;
    const counts = lull.before(nowNs);
    const { beatsSent, beatsHeard, answersSent, answersHeard } = counts;
    this.bookOne(entry, counts);
    const here = this.parts.station(node).endpoint;
    const there = this.parts.station(peer).endpoint;
    if (beatsHeard > 0) there.heard(node, lull.beatHeardNs(beatsHeard - 1));
    if (answersHeard > 0) here.heard(peer, lull.answerHeardNs(answersHeard - 1));
    const { passage } = this.parts;
    for (let number = beatsHeard; number < beatsSent; number++)
      passage.carryOn(here.controlFrame(peer, 'beat'), lull.beatHeardNs(number));
    for (let number = answersHeard; number < answersSent; number++)
      passage.carryOn(there.controlFrame(node, 'answer'), lull.answerHeardNs(number));
    this.hear(node, peer, nowNs);
    here.beatAgain(peer, lull.beatNs(beatsSent));
  }

  private bookOne(entry: Entry, counts: LullCounts): void {
    const { node, peer, booked } = entry;
    const { books } = this.parts;
    books.beats(
      node,
      peer,
      counts.beatsSent - booked.beatsSent,
      counts.beatsHeard - booked.beatsHeard,
    );
    books.beats(
      peer,
      node,
      counts.answersSent - booked.answersSent,
      counts.answersHeard - booked.answersHeard,
    );
    entry.booked = counts;
  }
}
