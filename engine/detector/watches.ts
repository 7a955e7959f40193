/**
 * Whom one node watches, and since when each has been silent (PROTOCOLS section C, the detector). To a watched peer a
 * heartbeat goes each h; it is suspected when nothing has been heard of it for k h. Where that turns out to be wrong again
 * and again the peer is given twice the time, each time, so that no wire is so lossy that a peer is suspected for ever
 * (Chandra and Toueg 1996, section 5). On a path so slow that no answer comes within k h it is given two round trips, and
 * heartbeats go more rarely. It knows no clock, no wire and no incarnations of nodes: it is told the time and what was
 * heard, and says what is due and when to ask again.
 */
import type { DetectorSpec } from '../faults/fault-rule.ts';
import { END_NS } from '../kernel.ts';
import type { NodeId } from '../world.ts';

/** So many wrong suspicions of a peer may be chance: a pause, a cut. Each further one doubles the time it is given. */
const FORGIVEN = 2;
/** No more heartbeats than that are on their way to a peer and back. */
const BEATS_UNDER_WAY = 32;

interface Watch {
  heardNs: number;
  nextBeatNs: number;
}

export class Watches {
  private readonly watches = new Map<NodeId, Watch>();
  private readonly heartbeatNs: number;
  private readonly silenceNs: number;
  private readonly roundTripNs: (peer: NodeId) => number;
  /** Peers that have been suspected and not heard of since; and how often each has been suspected wrongly. */
  private readonly suspected = new Set<NodeId>();
  private readonly wrongs = new Map<NodeId, number>();

  /** `roundTripNs` tells how long it takes to the peer and back for next to no bytes, as paths are now. */
  constructor({ heartbeatNs, misses }: DetectorSpec, roundTripNs: (peer: NodeId) => number) {
    this.heartbeatNs = heartbeatNs;
    this.silenceNs = misses * heartbeatNs;
    this.roundTripNs = roundTripNs;
  }

  /** Watches a peer from now on, its first heartbeat due at once. */
  begin(peer: NodeId, nowNs: number): void {
    this.watches.set(peer, { heardNs: nowNs, nextBeatNs: nowNs });
  }

  end(peer: NodeId): void {
    this.watches.delete(peer);
  }

  has(peer: NodeId): boolean {
    return this.watches.has(peer);
  }

  /** The peer has lost its memory: a suspicion, if there was one, was right. */
  confirm(peer: NodeId): void {
    this.suspected.delete(peer);
  }

  /** The peer has answered: a suspicion, if there was one, was wrong. */
  refute(peer: NodeId): void {
    if (this.suspected.delete(peer)) this.wrongs.set(peer, 1 + (this.wrongs.get(peer) ?? 0));
  }

  /** How often anybody has been suspected wrongly. */
  get wrongSuspicions(): number {
    let sum = 0;
    for (const wrong of this.wrongs.values()) sum += wrong;
    return sum;
  }

  /** The longest silence that is allowed to anybody who was suspected wrongly; 0 if nobody was. */
  get longestSilenceNs(): number {
    let longestNs = 0;
    for (const peer of this.wrongs.keys()) longestNs = Math.max(longestNs, this.allowedNs(peer));
    return longestNs;
  }

  /** Anything at all has come from the peer, at that time; what came later is known already. */
  heard(peer: NodeId, timeNs: number): void {
    const watch = this.watches.get(peer);
    if (watch && watch.heardNs < timeNs) watch.heardNs = timeNs;
  }

  /** When the next heartbeat goes to a peer that is watched; infinite for others. */
  nextBeatNs(peer: NodeId): number {
    return this.watches.get(peer)?.nextBeatNs ?? Infinity;
  }

  /** When the peer will be suspected if nothing more is heard of it; infinite for one that is not watched. */
  silentNs(peer: NodeId): number {
    const watch = this.watches.get(peer);
    return watch ? watch.heardNs + this.allowedNs(peer) : Infinity;
  }

  /** The next heartbeat to the peer goes at that time, if it is watched. */
  beatAgain(peer: NodeId, timeNs: number): void {
    const watch = this.watches.get(peer);
    if (watch) watch.nextBeatNs = timeNs;
  }

  /** Begins every silence anew, with a heartbeat due at once: the host has stood still, and heard nothing itself. */
  restart(nowNs: number): void {
    for (const watch of this.watches.values()) watch.heardNs = watch.nextBeatNs = nowNs;
  }

  /** Begins those anew whose heartbeats went more rarely, for paths may be short again; says which. */
  hasten(nowNs: number): NodeId[] {
    const slow = this.peers().filter((peer) => this.nextBeatNs(peer) > nowNs + this.heartbeatNs);
    for (const peer of slow) this.begin(peer, nowNs);
    return slow;
  }

  /** Whether the way to the peer and back is so long that heartbeats go more rarely. */
  isSlow(peer: NodeId): boolean {
    return this.apartNs(peer) > this.heartbeatNs;
  }

  /** What is due now: a suspicion, which ends the watch; a heartbeat, which sets the next one; or nothing. */
  due(peer: NodeId, nowNs: number): 'suspicion' | 'beat' | null {
    const watch = this.watches.get(peer);
    if (!watch) return null;
    if (nowNs >= this.silentNs(peer)) {
      this.end(peer);
      this.suspected.add(peer);
      return 'suspicion';
    }
    if (nowNs < watch.nextBeatNs) return null;
    watch.nextBeatNs = nowNs + this.apartNs(peer);
    return 'beat';
  }

  /** When to ask again what is due; infinite for a peer that is not watched. It may turn out to be too early. */
  nextNs(peer: NodeId): number {
    return Math.min(this.nextBeatNs(peer), this.silentNs(peer));
  }

  /** Everybody watched, in the order in which they came to be. */
  peers(): NodeId[] {
    return [...this.watches.keys()];
  }

  private apartNs(peer: NodeId): number {
    return Math.max(this.heartbeatNs, Math.ceil(this.wayNs(peer) / BEATS_UNDER_WAY));
  }

  private allowedNs(peer: NodeId): number {
    const wrongs = this.wrongs.get(peer) ?? 0;
    const learntNs = this.silenceNs * 2 ** Math.max(0, wrongs - FORGIVEN);
    const wayNs = this.wayNs(peer);
    return wayNs < learntNs ? learntNs : 2 * wayNs;
  }

  /** As `roundTripNs`; 0 where nothing gets through before modelled time ends: that is a cut. */
  private wayNs(peer: NodeId): number {
    const wayNs = this.roundTripNs(peer);
    return wayNs < END_NS ? wayNs : 0;
  }
}
