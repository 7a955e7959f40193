/** What is elided at present between pairs of nodes. The transport says when it has to end. */
import type { CalmChannel } from '../channel/calm-channel.ts';
import { END_NS } from '../kernel.ts';
import type { Acknowledgement } from '../parcel.ts';
import type { NodeId } from '../world.ts';
import { AcknowledgementElision } from './acknowledgement-elision.ts';
import type { Elided, ElisionParts } from './elided.ts';
import { HeartbeatElision } from './heartbeat-elision.ts';
import { Peace, peaceMarginNs } from './peace.ts';

const KINDS = ['heartbeats', 'acknowledgements'] as const;
type Kind = (typeof KINDS)[number];

export class Elisions {
  /** Channels before the first fault; null after it, and where there is none. */
  peace: Peace | null = null;
  private readonly parts: ElisionParts;
  private readonly peaceEnd: number;
  /** By pair and kind, oldest first. */
  private readonly entries = new Map<number, Elided>();

  constructor(parts: ElisionParts) {
    this.parts = parts;
    this.peaceEnd = parts.kernel.register(() => this.endPeace(parts.kernel.now));
  }

  /** Nothing fails before that time. Called before the first message. */
  expectPeace(untilNs: number): void {
    const { kernel, topology, passage } = this.parts;
    const endNs = untilNs - peaceMarginNs(topology);
    if (endNs <= 0 || passage.isJittery) return;
    this.peace = new Peace(this.parts);
    if (endNs < END_NS) kernel.schedule(endNs, this.peaceEnd, 0, 0);
  }

  endPeace(nowNs: number): void {
    this.peace?.end(nowNs);
    this.peace = null;
  }

  /** Whether a message of that kind is not acknowledged yet. */
  isTelling(from: NodeId, to: NodeId, kind: string, nowNs: number): boolean {
    if (this.peace) return this.peace.isTelling(from, to, kind, nowNs);
    return this.parts.station(from).endpoint.isTelling(to, kind, nowNs);
  }

  /**
   * Starts to elide heartbeats from the node, which is up, to the peer, beginning with the one due now. False where
   * they are not certain to arrive.
   */
  beginHeartbeats(node: NodeId, peer: NodeId, nowNs: number): boolean {
    this.catchUp(node, peer, nowNs);
    const elision = HeartbeatElision.between(node, peer, nowNs, this.parts);
    if (elision) this.entries.set(this.key('heartbeats', node, peer), elision);
    return elision !== null;
  }

  /** As `EndpointWorld.calms`. */
  beginAcknowledgements(
    node: NodeId,
    peer: NodeId,
    due: Acknowledgement,
    nowNs: number,
  ): CalmChannel | null {
    const elision = AcknowledgementElision.between(node, peer, due, nowNs, this.parts);
    if (elision) this.entries.set(this.key('acknowledgements', node, peer), elision);
    return elision && elision.channel;
  }

  elidesHeartbeats(node: NodeId, peer: NodeId): boolean {
    return this.entries.has(this.key('heartbeats', node, peer));
  }

  /** Tells the two what they have heard of each other before that time. */
  catchUp(one: NodeId, other: NodeId, nowNs: number): void {
    this.peace?.catchUp(one, other, nowNs);
    for (const kind of KINDS) {
      this.entries.get(this.key(kind, one, other))?.catchUp(nowNs);
      this.entries.get(this.key(kind, other, one))?.catchUp(nowNs);
    }
  }

  /** Counts elided frames up to that time. */
  count(nowNs: number): void {
    this.peace?.count(nowNs);
    for (const elided of this.entries.values()) elided.count(nowNs);
  }

  /** Ends elision between the two nodes. */
  endBetween(one: NodeId, other: NodeId, nowNs: number): void {
    for (const kind of KINDS) {
      this.end(this.key(kind, one, other), nowNs);
      this.end(this.key(kind, other, one), nowNs);
    }
  }

  /** Ends all elision to and from that node. */
  endOf(node: NodeId, nowNs: number): void {
    for (const [key, elided] of this.entries)
      if (elided.node === node || elided.peer === node) this.end(key, nowNs);
  }

  endAll(nowNs: number): void {
    for (const key of this.entries.keys()) this.end(key, nowNs);
  }

  private end(key: number, nowNs: number): void {
    const elided = this.entries.get(key);
    if (!elided) return;
    this.catchUp(elided.node, elided.peer, nowNs);
    this.entries.delete(key);
    elided.end(nowNs);
  }

  private key(kind: Kind, node: NodeId, peer: NodeId): number {
    return 2 * this.parts.counters.pairKey(node, peer) + +(kind === 'heartbeats');
  }
}
