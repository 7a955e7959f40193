/**
 * Heartbeats that need no events. While no fault begins or ends, nothing can happen to two hosts and the wire between
 * them, and their heartbeats are certain to arrive in time. Such heartbeats are elided: they are computed and counted
 * instead of simulated. When elision ends, all is put back as it would be: silences, frames in flight, the next
 * heartbeat. The transport says when it has to end.
 */
import type { Endpoint } from '../channel/endpoint.ts';
import type { HeartbeatCounts } from '../detector/elided-heartbeats.ts';
import { ElidedHeartbeats } from '../detector/elided-heartbeats.ts';
import type { NodeId } from '../world.ts';
import { BEAT_BYTES, type TrafficCounters } from './traffic-counters.ts';
import type { WirePassage } from './wire-passage.ts';

interface HeartbeatElisionParts {
  readonly heartbeatNs: number;
  readonly passage: WirePassage;
  /** Elided heartbeats are counted there. */
  readonly counters: TrafficCounters;
  station(node: NodeId): { readonly endpoint: Endpoint; readonly state: string };
}

interface Entry {
  readonly node: NodeId;
  readonly peer: NodeId;
  readonly heartbeats: ElidedHeartbeats;
  /** What has been counted already. */
  counted: HeartbeatCounts;
}

const NOTHING: HeartbeatCounts = { beatsSent: 0, beatsHeard: 0, answersSent: 0, answersHeard: 0 };

export class HeartbeatElision {
  private readonly parts: HeartbeatElisionParts;
  /** By pair, oldest first. */
  private readonly entries = new Map<number, Entry>();

  constructor(parts: HeartbeatElisionParts) {
    this.parts = parts;
  }

  has(node: NodeId, peer: NodeId): boolean {
    return this.entries.has(this.parts.counters.pairKey(node, peer));
  }

  /**
   * Starts to elide heartbeats from the node, which is up, to the peer, beginning with the one due now. False where
   * they are not certain to arrive.
   */
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
    const heartbeats = new ElidedHeartbeats({
      firstNs: nowNs,
      heartbeatNs,
      outNs,
      backNs: answerNs,
    });
    this.entries.set(this.parts.counters.pairKey(node, peer), {
      node,
      peer,
      heartbeats,
      counted: NOTHING,
    });
    return true;
  }

  /** Tells the node which heartbeats of the peer it has heard before that time. */
  hear(node: NodeId, peer: NodeId, nowNs: number): void {
    const heartbeats = this.entries.get(this.parts.counters.pairKey(peer, node))?.heartbeats;
    const heard = heartbeats?.before(nowNs).beatsHeard ?? 0;
    if (heartbeats && heard > 0)
      this.parts.station(node).endpoint.heard(peer, heartbeats.beatHeardNs(heard - 1));
  }

  /** Counts elided heartbeats up to that time. */
  count(nowNs: number): void {
    for (const entry of this.entries.values()) this.countOne(entry, entry.heartbeats.before(nowNs));
  }

  /** Ends elision between the two nodes. What happens at `nowNs` itself has not happened yet. */
  endBetween(one: NodeId, other: NodeId, nowNs: number): void {
    this.end(this.parts.counters.pairKey(one, other), nowNs);
    this.end(this.parts.counters.pairKey(other, one), nowNs);
  }

  /** Ends all elision to and from that node. */
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
    const { node, peer, heartbeats } = entry;
    const counts = heartbeats.before(nowNs);
    const { beatsSent, beatsHeard, answersSent, answersHeard } = counts;
    this.countOne(entry, counts);
    const here = this.parts.station(node).endpoint;
    const there = this.parts.station(peer).endpoint;
    if (beatsHeard > 0) there.heard(node, heartbeats.beatHeardNs(beatsHeard - 1));
    if (answersHeard > 0) here.heard(peer, heartbeats.answerHeardNs(answersHeard - 1));
    const { passage } = this.parts;
    for (let number = beatsHeard; number < beatsSent; number++)
      passage.carryOn(here.controlFrame(peer, 'beat'), heartbeats.beatHeardNs(number));
    for (let number = answersHeard; number < answersSent; number++)
      passage.carryOn(there.controlFrame(node, 'answer'), heartbeats.answerHeardNs(number));
    this.hear(node, peer, nowNs);
    here.beatAgain(peer, heartbeats.beatNs(beatsSent));
  }

  private countOne(entry: Entry, counts: HeartbeatCounts): void {
    const { node, peer, counted } = entry;
    const { counters } = this.parts;
    counters.beats(
      node,
      peer,
      counts.beatsSent - counted.beatsSent,
      counts.beatsHeard - counted.beatsHeard,
    );
    counters.beats(
      peer,
      node,
      counts.answersSent - counted.answersSent,
      counts.answersHeard - counted.answersHeard,
    );
    entry.counted = counts;
  }
}
