/**
 * Whom a node watches and whom it does not hear: the bookkeeping around `World.watch`, which ends with a suspicion
 * and begins anew when asked again.
 */
import type { NodeId, World } from '../../engine/world.ts';
import { clockwise } from './repair-token.ts';
import type { Silence } from './view-messages.ts';

/** A silence is confirmed by the world after each of its silences; one not confirmed for so many is over. */
const CONFIRMED_WITHIN = 2;

export class RingWatch {
  /** Peers that this node has been told are silent, and when it was told so last. */
  private readonly silences = new Map<NodeId, number>();
  /** Those of them that do not hear this node, whether this node hears them or not. */
  private readonly deafOnes = new Set<NodeId>();
  /** Whom this node watches, and since when. */
  private readonly watched = new Map<NodeId, number>();
  private readonly world: World;
  /** The time after which the world calls a peer silent. */
  readonly silenceNs: number;

  constructor(world: World, silenceNs: number) {
    this.world = world;
    this.silenceNs = silenceNs;
  }

  /** Peers that are silent, as far as this node has been told. */
  get silent(): ReadonlySet<NodeId> {
    const oldest = this.world.now() - CONFIRMED_WITHIN * this.silenceNs;
    for (const [peer, toldNs] of this.silences) if (toldNs < oldest) this.heard(peer);
    return new Set(this.silences.keys());
  }

  /** Whether a peer is watched, and has been for so long that its silence would have shown. */
  hears(peer: NodeId): boolean {
    return this.watched.has(peer) && !this.isNew(peer) && !this.silent.has(peer);
  }

  /** Whether the watch has begun so lately that only a change of lives can have ended it: the peer is there. */
  isNew(peer: NodeId): boolean {
    return this.world.now() < (this.watched.get(peer) ?? -Infinity) + this.silenceNs;
  }

  /** The world says that a peer is silent, and goes on watching it to tell when that is over. */
  suspected(peer: NodeId): void {
    this.silences.set(peer, this.world.now());
    this.again(peer);
  }

  /** The peer is known not to hear this node: the edge is cut, though only one way. */
  deaf(peer: NodeId): void {
    this.silences.set(peer, this.world.now());
    this.deafOnes.add(peer);
  }

  /** The peer itself has called: the edge is whole. */
  heard(peer: NodeId): void {
    this.silences.delete(peer);
    this.deafOnes.delete(peer);
  }

  /** Something has come straight from the peer: this node hears it, though the peer may not hear this node. */
  arrived(peer: NodeId): void {
    if (!this.deafOnes.has(peer)) this.silences.delete(peer);
  }

  /** The world has ended the watch: it begins anew. */
  again(peer: NodeId): void {
    this.watched.delete(peer);
    this.also(peer);
  }

  /** Of all silences only those that a new view goes round stay known. */
  keep(cuts: readonly Silence[]): void {
    const { self } = this.world;
    this.forget();
    const beyond = cuts.flatMap((pair) =>
      pair.includes(self) ? pair.filter((node) => node !== self) : [],
    );
    for (const peer of beyond) this.silences.set(peer, this.world.now());
  }

  /**
   * Watches the nearest of the ring on both sides, those that are silent, and nobody else. Who is cut off from a neighbour
   * is watched by the nearest that hears it: else nobody would learn of its death.
   */
  neighbours(ring: readonly NodeId[], cuts: readonly Silence[] = []): void {
    const { self } = this.world;
    const isCut = (one: NodeId, other: NodeId) =>
      cuts.some((pair) => pair.includes(one) && pair.includes(other));
    const ends = (order: readonly NodeId[]) => [...order.slice(0, 1), ...order.slice(-1)];
    const cutOff = [...new Set(cuts.flat())].filter((peer) => {
      const hearing = clockwise(ring, peer).filter((node) => !isCut(node, peer));
      return ring.includes(peer) && ends(hearing).includes(self);
    });
    const wanted = new Set([...ends(clockwise(ring, self)), ...this.silent, ...cutOff]);
    for (const peer of [...this.watched.keys()]) if (!wanted.has(peer)) this.unwatch(peer);
    for (const peer of wanted) this.also(peer);
  }

  /** Watches one more. */
  also(peer: NodeId): void {
    if (peer === this.world.self || this.watched.has(peer)) return;
    this.watched.set(peer, this.world.now());
    this.world.watch(peer);
  }

  /** Watches nobody, and forgets who is silent. */
  nobody(): void {
    this.forget();
    for (const peer of [...this.watched.keys()]) this.unwatch(peer);
  }

  private forget(): void {
    this.silences.clear();
    this.deafOnes.clear();
  }

  private unwatch(peer: NodeId): void {
    this.watched.delete(peer);
    this.world.unwatch(peer);
  }
}
