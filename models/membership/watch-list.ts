/** Whom a node watches just now, and of whom it hears nothing. Silence outlasts views: only a message ends it. */
import type { NodeId, World } from '../../engine/world.ts';
import type { Silence } from './messages.ts';

export class WatchList {
  /** Of whom it hears nothing, and the incarnation it knew each in. */
  readonly silent = new Map<NodeId, number>();
  private readonly world: World;
  private watching: readonly NodeId[] = [];
  /** Those of the silent that are watched again as soon as they are heard. */
  private readonly spared = new Set<NodeId>();

  constructor(world: World) {
    this.world = world;
  }

  /** Watches these, and nobody else. */
  only(peers: readonly NodeId[]): void {
    const wanted = new Set(peers);
    wanted.delete(this.world.self);
    const had = new Set(this.watching);
    for (const peer of had) if (!wanted.has(peer)) this.world.unwatch(peer);
    for (const peer of wanted) if (!had.has(peer)) this.world.watch(peer);
    this.watching = [...wanted];
    this.spared.clear();
  }

  /** Watches that one as well, until others are said. */
  also(peer: NodeId): void {
    if (this.watching.includes(peer) || peer === this.world.self) return;
    this.watching = [...this.watching, peer];
    this.world.watch(peer);
  }

  /** Watches these as well, as if nothing were known of them. */
  expect(peers: readonly NodeId[]): void {
    for (const peer of peers) this.silent.delete(peer);
    this.only([...this.watching, ...peers]);
  }

  suspected(peer: NodeId, incarnation: number): void {
    this.watching = this.watching.filter((one) => one !== peer);
    this.silent.set(peer, incarnation);
  }

  /** The view stays as it is though that peer is silent. */
  spare(peer: NodeId): void {
    this.spared.add(peer);
  }

  /** Something has come from that peer. */
  heard(peer: NodeId): void {
    if (this.silent.size === 0) return;
    this.silent.delete(peer);
    if (this.spared.delete(peer)) this.also(peer);
  }

  silences(): Silence[] {
    return [...this.silent].sort(([one], [other]) => one - other);
  }
}
