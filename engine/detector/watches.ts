/**
 * Whom one node watches, and since when each has been silent (PROTOCOLS section C, the detector). To a watched peer a
 * heartbeat goes each h; it is suspected when nothing has been heard of it for k h. It knows no clock, no wire and
 * no lives of nodes: it is told the time and what was heard, and says what is due and when to ask again.
 */
import type { DetectorSpec } from '../faults/fault-rule.ts';
import type { NodeId } from '../world.ts';

interface Watch {
  heardNs: number;
  nextBeatNs: number;
}

export class Watches {
  private readonly watches = new Map<NodeId, Watch>();
  private readonly heartbeatNs: number;
  private readonly silenceNs: number;

  constructor({ heartbeatNs, misses }: DetectorSpec) {
    this.heartbeatNs = heartbeatNs;
    this.silenceNs = misses * heartbeatNs;
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
    return watch ? watch.heardNs + this.silenceNs : Infinity;
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

  /** What is due now: a suspicion, which ends the watch; a heartbeat, which sets the next one; or nothing. */
  due(peer: NodeId, nowNs: number): 'suspicion' | 'beat' | null {
    const watch = this.watches.get(peer);
    if (!watch) return null;
    if (nowNs >= watch.heardNs + this.silenceNs) {
      this.end(peer);
      return 'suspicion';
    }
    if (nowNs < watch.nextBeatNs) return null;
    watch.nextBeatNs = nowNs + this.heartbeatNs;
    return 'beat';
  }

  /** When to ask again what is due; infinite for a peer that is not watched. It may turn out to be too early. */
  nextNs(peer: NodeId): number {
    const watch = this.watches.get(peer);
    return watch ? Math.min(watch.nextBeatNs, watch.heardNs + this.silenceNs) : Infinity;
  }

  /** Everybody watched, in the order in which they came to be. */
  peers(): NodeId[] {
    return [...this.watches.keys()];
  }
}
