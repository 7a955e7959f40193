/** Acknowledgements from one node to another that need no events: where they are counted, and how they end. */
import { ElidedAcknowledgements } from '../channel/elided-acknowledgements.ts';
import type { Acknowledgement } from '../channel/frame.ts';
import { type NodeId, MESSAGE_HEADER_BYTES } from '../world.ts';
import { type Elided, type ElisionParts, isCalm } from './elided.ts';

export class AcknowledgementElision implements Elided {
  private sent = 0;
  private heard = 0;

  private constructor(
    readonly node: NodeId,
    readonly peer: NodeId,
    readonly acknowledgements: ElidedAcknowledgements,
    private readonly parts: ElisionParts,
  ) {}

  /** From the node, which is up, to the peer, beginning with the one due now. Null where they are not certain to arrive. */
  static between(
    node: NodeId,
    peer: NodeId,
    due: Acknowledgement,
    nowNs: number,
    parts: ElisionParts,
  ): AcknowledgementElision | null {
    if (!isCalm(node, peer, parts)) return null;
    const here = parts.station(node).endpoint;
    const there = parts.station(peer).endpoint;
    const wayNs = parts.passage.pathNs(node, peer, MESSAGE_HEADER_BYTES);
    if (!there.isCertain(node, due, nowNs + wayNs)) return null;
    const roundTripNs = wayNs + parts.passage.pathNs(peer, node, MESSAGE_HEADER_BYTES);
    const acknowledgements = new ElidedAcknowledgements(here, there, wayNs, roundTripNs);
    there.hearElided(node, acknowledgements);
    return new AcknowledgementElision(node, peer, acknowledgements, parts);
  }

  catchUp(nowNs: number): void {
    this.acknowledgements.catchUp(nowNs);
  }

  count(nowNs: number): void {
    this.catchUp(nowNs);
    const { node, peer, sent, heard } = this;
    const { sent: allSent, underWay } = this.acknowledgements;
    const allHeard = allSent - +(underWay !== null);
    this.parts.counters.acknowledgements(node, peer, allSent - sent, allHeard - heard);
    this.sent = allSent;
    this.heard = allHeard;
  }

  end(nowNs: number): void {
    this.count(nowNs);
    const { node, peer, parts } = this;
    const { underWay, arrivalNs } = this.acknowledgements;
    const { endpoint } = parts.station(node);
    if (underWay)
      parts.passage.carryOn(endpoint.controlFrame(peer, 'acknowledge', underWay), arrivalNs);
    endpoint.tellAgain(peer);
    parts.station(peer).endpoint.hearElided(node, null);
  }
}
