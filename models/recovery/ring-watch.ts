/**
 * Whom a node watches and whom it does not hear: the bookkeeping around `World.watch`, which ends with a suspicion
 * and begins anew when asked again.
 */
import type { NodeId, World } from '../../engine/world.ts';
import { clockwise } from './repair-token.ts';
import type { Silence } from './view-messages.ts';

export class RingWatch {
  /** Peers that this node has been told are silent. */
  readonly silent = new Set<NodeId>();
  /** Whom this node watches, and since when. */
  private readonly watched = new Map<NodeId, number>();
  private readonly world: World;
  private readonly silenceNs: number;

  /** `silenceNs` is the time after which the world calls a peer silent. */
  constructor(world: World, silenceNs: number) {
    this.world = world;
    this.silenceNs = silenceNs;
  }

  /** Whether a peer is watched, and has been for so long that its silence would have shown. */
  hears(peer: NodeId): boolean {
    return this.watched.has(peer) && !this.isNew(peer);
  }

  /** Whether the watch has begun so lately that only a change of lives can have ended it: the peer is there. */
  isNew(peer: NodeId): boolean {
    return this.world.now() < (this.watched.get(peer) ?? -Infinity) + this.silenceNs;
  }

  /** The world says that a peer is silent. */
  suspected(peer: NodeId): void {
    this.watched.delete(peer);
    this.silent.add(peer);
  }

  /** The world has ended the watch, but the peer is there: the watch begins anew. */
  again(peer: NodeId): void {
    this.watched.delete(peer);
    this.also(peer);
  }

  /** Of all silences only those that a new view goes round stay known. */
  keep(cuts: readonly Silence[]): void {
    const { self } = this.world;
    this.silent.clear();
    for (const [one, other] of cuts) {
      if (one === self) this.silent.add(other);
      if (other === self) this.silent.add(one);
    }
    for (const peer of this.silent) if (this.watched.has(peer)) this.unwatch(peer);
  }

  /** Watches the nearest of the ring on both sides, and nobody else. */
  neighbours(ring: readonly NodeId[]): void {
    const order = clockwise(ring, this.world.self);
    const wanted = new Set([order[0], order[order.length - 1]]);
    for (const peer of [...this.watched.keys()]) if (!wanted.has(peer)) this.unwatch(peer);
    for (const peer of wanted) if (peer !== undefined) this.also(peer);
  }

  /** Watches one more, unless it is known to be silent. */
  also(peer: NodeId): void {
    if (peer === this.world.self || this.watched.has(peer) || this.silent.has(peer)) return;
    this.watched.set(peer, this.world.now());
    this.world.watch(peer);
  }

  nobody(): void {
    for (const peer of [...this.watched.keys()]) this.unwatch(peer);
  }

  private unwatch(peer: NodeId): void {
    this.watched.delete(peer);
    this.world.unwatch(peer);
  }
}
