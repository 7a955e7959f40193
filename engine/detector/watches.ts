/**
 * The peers that one node watches, and since when each has been silent (PROTOCOLS section C, the detector). A watched
 * peer gets a heartbeat each h, and is suspected after a silence of k h. A peer that is suspected wrongly again and
 * again is given twice the time, each time, so that no wire is so lossy that a peer is suspected for ever (Chandra
 * and Toueg 1996, section 5). On a path so slow that no answer comes within k h the peer is given two round trips,
 * and heartbeats are rarer. It knows no clock, no wire and no incarnations: it is told the time and what was heard,
 * and says what is due and when to ask again.
 */
import type { DetectorSpec } from '../faults/fault-rule.ts';
import { END_NS } from '../kernel.ts';
import type { NodeId } from '../world.ts';

/** Wrong suspicions that may be chance: a pause, a cut. Each further one doubles the allowed silence. */
const FORGIVEN = 2;
/** The most heartbeats in flight to a peer and back. */
const BEATS_UNDER_WAY = 32;

/** One watch of one peer. It may be over: what is heard then changes nothing. */
export class Watch {
  nextBeatNs: number;

  /** `heardNs`: when it was begun, or the peer was heard last. */
  constructor(public heardNs: number) {
    this.nextBeatNs = heardNs;
  }

  /** Something came from the peer at that time. Older times change nothing. */
  heard(timeNs: number): void {
    if (this.heardNs < timeNs) this.heardNs = timeNs;
  }

  /** From now on it is as if it had just begun. */
  restart(nowNs: number): void {
    this.heardNs = this.nextBeatNs = nowNs;
  }
}

export class Watches {
  private readonly watches = new Map<NodeId, Watch>();
  private readonly heartbeatNs: number;
  private readonly silenceNs: number;
  private readonly roundTripNs: (peer: NodeId) => number;
  /** Suspected peers that have not been heard since; and how often each was suspected wrongly. */
  private readonly suspected = new Set<NodeId>();
  private readonly wrongs = new Map<NodeId, number>();

  /** `roundTripNs` tells how long it takes to the peer and back for next to no bytes, as paths are now. */
  constructor({ heartbeatNs, misses }: DetectorSpec, roundTripNs: (peer: NodeId) => number) {
    this.heartbeatNs = heartbeatNs;
    this.silenceNs = misses * heartbeatNs;
    this.roundTripNs = roundTripNs;
  }

  /** Starts watching a peer; its first heartbeat is due at once. */
  begin(peer: NodeId, nowNs: number): Watch {
    const watch = new Watch(nowNs);
    this.watches.set(peer, watch);
    return watch;
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
    if (this.suspected.size > 0 && this.suspected.delete(peer))
      this.wrongs.set(peer, 1 + (this.wrongs.get(peer) ?? 0));
  }

  /** Whether the peer is suspected and has not been heard since. */
  isSuspected(peer: NodeId): boolean {
    return this.suspected.has(peer);
  }

  /** Wrong suspicions of all peers. */
  get wrongSuspicions(): number {
    let sum = 0;
    for (const wrong of this.wrongs.values()) sum += wrong;
    return sum;
  }

  /** The longest silence allowed to a peer that was suspected wrongly; 0 if there is none. */
  get longestSilenceNs(): number {
    let longestNs = 0;
    for (const peer of this.wrongs.keys()) longestNs = Math.max(longestNs, this.allowedNs(peer));
    return longestNs;
  }

  /** Something came from the peer at that time. Older times change nothing. */
  heard(peer: NodeId, timeNs: number): void {
    this.watches.get(peer)?.heard(timeNs);
  }

  /** When the next heartbeat goes to a peer that is watched; infinite for others. */
  nextBeatNs(peer: NodeId): number {
    return this.watches.get(peer)?.nextBeatNs ?? Infinity;
  }

  /** When the peer will be suspected if nothing more comes; infinite if it is not watched. */
  silentNs(peer: NodeId): number {
    const watch = this.watches.get(peer);
    return watch ? watch.heardNs + this.allowedNs(peer) : Infinity;
  }

  /** The next heartbeat to the peer goes at that time, if it is watched. */
  beatAgain(peer: NodeId, timeNs: number): void {
    const watch = this.watches.get(peer);
    if (watch) watch.nextBeatNs = timeNs;
  }

  /** Restarts every silence, with a heartbeat due at once: the host was paused and heard nothing itself. */
  restart(nowNs: number): void {
    for (const watch of this.watches.values()) watch.restart(nowNs);
  }

  /** Restarts watches with rarer heartbeats, since paths may be short again. Returns their peers. */
  hasten(nowNs: number): NodeId[] {
    const slow = this.peers().filter((peer) => this.nextBeatNs(peer) > nowNs + this.heartbeatNs);
    for (const peer of slow) this.watches.get(peer)!.restart(nowNs);
    return slow;
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
    watch.nextBeatNs = nowNs + this.intervalNs(peer);
    return 'beat';
  }

  /** When to ask again what is due; infinite for a peer that is not watched. It may be too early. */
  nextNs(peer: NodeId): number {
    return Math.min(this.nextBeatNs(peer), this.silentNs(peer));
  }

  /** All watched peers, oldest watch first. */
  peers(): NodeId[] {
    return [...this.watches.keys()];
  }

  /** Nanoseconds between two heartbeats to the peer; they are rarer where the path is long. */
  intervalNs(peer: NodeId): number {
    return Math.max(this.heartbeatNs, Math.ceil(this.pathNs(peer) / BEATS_UNDER_WAY));
  }

  private allowedNs(peer: NodeId): number {
    const wrongs = this.wrongs.get(peer) ?? 0;
    const learntNs = this.silenceNs * 2 ** Math.max(0, wrongs - FORGIVEN);
    const pathNs = this.pathNs(peer);
    return pathNs < learntNs ? learntNs : 2 * pathNs;
  }

  /** As `roundTripNs`; 0 where a round trip would not end within modelled time, which means a cut. */
  private pathNs(peer: NodeId): number {
    const pathNs = this.roundTripNs(peer);
    return pathNs < END_NS ? pathNs : 0;
  }
}
