/** Acknowledgements from one node to another that need no events: where they are counted, and how they end. */
import type { CalmChannel } from '../channel/calm-channel.ts';
import type { Acknowledgement } from '../parcel.ts';
import { type NodeId, MESSAGE_HEADER_BYTES } from '../world.ts';
import { type Elided, type ElisionParts, isCalm } from './elided.ts';

export class AcknowledgementElision implements Elided {
  private sent = 0;
  private heard = 0;

  private constructor(
    readonly node: NodeId,
    readonly peer: NodeId,
    readonly channel: CalmChannel,
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
    const channel = here.beginCalm(peer, there, wayNs, roundTripNs);
    return new AcknowledgementElision(node, peer, channel, parts);
  }

  catchUp(nowNs: number): void {
    const { node, peer, channel, parts } = this;
    channel.catchUp(nowNs);
    parts.station(node).endpoint.watches.heard(peer, channel.heardNs);
    parts.station(peer).endpoint.watches.heard(node, channel.acknowledgedNs);
  }

  count(nowNs: number): void {
    this.catchUp(nowNs);
    const { node, peer, sent, heard } = this;
    const { sent: allSent, underWay } = this.channel;
    const allHeard = allSent - +(underWay !== null);
    this.parts.counters.acknowledgements(node, peer, allSent - sent, allHeard - heard);
    this.sent = allSent;
    this.heard = allHeard;
  }

  end(nowNs: number): void {
    this.count(nowNs);
    const { node, peer, parts } = this;
    const { underWay, arrivalNs } = this.channel;
    const { endpoint } = parts.station(node);
    if (underWay)
      parts.passage.carryOn(endpoint.controlFrame(peer, 'acknowledge', underWay), arrivalNs);
    endpoint.endCalm(peer, parts.station(peer).endpoint);
  }
}
