/** Whom a node watches just now, and of whom it hears nothing. Silence outlasts views: only a message ends it. */
import type { NodeId, World } from '../../engine/world.ts';
import type { Silence } from './messages.ts';

export class WatchList {
  /** Of whom it hears nothing, and the incarnation it knew each in. */
  readonly silent = new Map<NodeId, number>();
  private readonly world: World;
  /** Whether any is silent: each message that comes asks. */
  private isDeaf = false;
  private watching = new Set<NodeId>();
  /** Those of the silent that are watched again as soon as they are heard. */
  private readonly wanted = new Set<NodeId>();

  constructor(world: World) {
    this.world = world;
  }

  /** Watches these, and nobody else. */
  only(peers: readonly NodeId[]): void {
    const next = new Set(peers);
    next.delete(this.world.self);
    const had = this.watching;
    for (const peer of had) if (!next.has(peer)) this.world.unwatch(peer);
    for (const peer of next) if (!had.has(peer)) this.world.watch(peer);
    this.watching = next;
    this.wanted.clear();
  }

  /** Watches that one as well, until others are said. */
  also(peer: NodeId): void {
    if (this.watching.has(peer) || peer === this.world.self) return;
    this.watching.add(peer);
    this.world.watch(peer);
  }

  /** Watches these as well, as if nothing were known of them. */
  expect(peers: readonly NodeId[]): void {
    for (const peer of peers) {
      this.silent.delete(peer);
      this.also(peer);
    }
  }

  suspected(peer: NodeId, incarnation: number): void {
    this.watching.delete(peer);
    this.silent.set(peer, incarnation);
    this.isDeaf = true;
  }

  /** Watches that one as well, or as soon as it is heard. */
  want(peer: NodeId): void {
    if (this.silent.has(peer)) this.wanted.add(peer);
    else this.also(peer);
  }

  /** Something has come from that peer. */
  heard(peer: NodeId): void {
    if (!this.isDeaf) return;
    this.silent.delete(peer);
    this.isDeaf = this.silent.size > 0;
    if (this.wanted.delete(peer)) this.also(peer);
  }

  silences(): Silence[] {
    return [...this.silent].sort(([one], [other]) => one - other);
  }
}
