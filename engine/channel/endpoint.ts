/**
 * One incarnation of one node as its peers meet it: its ends of all channels, the incarnations of its peers that it
 * knows, and the peers it watches. It decides what to transmit, deliver and suspect. An `EndpointWorld`, simulated or
 * real, carries that out. It knows no clock: it is told the time.
 */
import { Watches } from '../detector/watches.ts';
import type { DetectorSpec } from '../faults/fault-rule.ts';
import type { NodeId } from '../world.ts';
import { CalmChannel } from './calm-channel.ts';
import type { EndpointWorld, Purpose } from './endpoint-world.ts';
import type { ChannelFrame, ControlFrame, DataFrame } from './frame.ts';
import { type Acknowledgement, type Parcel, type Sending, UNKNOWN_INCARNATION } from '../parcel.ts';
import { Peer } from './peer.ts';
import type { SenderHalf } from './sender-half.ts';

export class Endpoint {
  readonly self: NodeId;
  readonly incarnation: number;
  private readonly world: EndpointWorld;
  /** Whom it watches. To begin and end a watch, see `watch` and `unwatch`. */
  readonly watches: Watches;
  private readonly peers = new Map<NodeId, Peer>();

  constructor(self: NodeId, incarnation: number, detector: DetectorSpec, world: EndpointWorld) {
    this.self = self;
    this.incarnation = incarnation;
    this.world = world;
    this.watches = new Watches(detector, (peer) => world.roundTrips.ns(self, peer));
  }

  /** Whether a message of that kind is not acknowledged by the peer yet. */
  isTelling(to: NodeId, kind: string, nowNs: number): boolean {
    const { sender, calmTo } = this.peer(to);
    calmTo?.catchUp(nowNs);
    return sender.has(kind);
  }

  send(to: NodeId, parcel: Parcel): void {
    const peer = this.peer(to);
    this.transmit(peer, peer.sender.add(parcel));
  }

  /** A data frame of this incarnation has left every queue of the network: it has arrived or is lost. */
  gone({ parcel, end }: DataFrame, nowNs: number): void {
    parcel.underWay--;
    parcel.goneNs = nowNs;
    if (end.calmTo) return;
    // The path may have become shorter since the oldest frame left, or the host may have stood still.
    this.world.wake(this.self, end.node, 'resend', Math.max(nowNs, end.sender.deadlineNs));
  }

  /**
   * Takes a frame that has arrived. False for a data frame that came too late: its channel is over, or an end has
   * crashed.
   */
  receive(frame: ChannelFrame, nowNs: number): boolean {
    const peer = frame.kind === 'data' ? this.otherEnd(frame) : this.peer(frame.from);
    if (frame.incarnation < peer.incarnation) return false;
    if (frame.incarnation > peer.incarnation) this.meet(frame.from, peer, frame.incarnation);
    if (peer.calmFrom) peer.calmFrom.heardNs = nowNs;
    else peer.watch?.heard(nowNs);
    const isHeard = this.noteAcknowledgement(frame, peer);
    // A data frame of a peer that hears nothing says nothing about how fast it answers.
    if (isHeard || frame.kind !== 'data') this.watches.refute(frame.from);
    if (frame.kind === 'data') return this.receiveData(frame, peer, nowNs);
    if (frame.kind === 'beat' && !this.watches.has(frame.from)) this.control(frame.from, 'answer');
    return true;
  }

  /**
   * Drops what has not reached the peer; with an incarnation of the peer, only what is for older ones. Later messages
   * travel on a new channel.
   */
  hangUp(to: NodeId, incarnation?: number): void {
    const peer = this.peer(to);
    if (incarnation === undefined) this.beginChannel(to, peer.sender, peer.sender.peerIncarnation);
    else if (incarnation > peer.incarnation) this.learn(to, peer, incarnation);
  }

  /** Starts watching a peer. A peer that is watched already needs nothing: its next event is set. */
  watch(to: NodeId, nowNs: number): void {
    if (this.watches.has(to)) return;
    this.peer(to).watch = this.watches.begin(to, nowNs);
    this.attend(to, nowNs);
  }

  unwatch(to: NodeId): void {
    this.watches.end(to);
  }

  /** True if the peer is known to be in that incarnation. */
  knows(to: NodeId, incarnation: number): boolean {
    return this.peer(to).incarnation === incarnation;
  }

  /** Heartbeats to the peer are events again, the next at that time. */
  beatAgain(to: NodeId, beatNs: number): void {
    this.watches.beatAgain(to, beatNs);
    this.world.wake(this.self, to, 'watch', this.watches.nextNs(to));
  }

  /** Paths may be shorter than they were: time-outs are too, and peers that were watched slowly are watched afresh. */
  hasten(nowNs: number): void {
    for (const [to, { sender }] of this.peers)
      this.world.wake(this.self, to, 'resend', sender.deadlineNs);
    for (const to of this.watches.hasten(nowNs)) this.attend(to, nowNs);
  }

  /** Whether nothing needs to be sent again once that acknowledgement comes, at that time, and the peer is not suspected. */
  isCertain(to: NodeId, { channel, next }: Acknowledgement, timeNs: number): boolean {
    const { sender } = this.peer(to);
    const isInTime = sender.deadlineNs > timeNs && !this.watches.isSuspected(to);
    return isInTime && sender.isUnderWay(channel, next);
  }

  /** The channel from the peer is calm from now on, until `endCalm`: nothing can happen to it. */
  beginCalm(from: NodeId, there: Endpoint, wayNs: number, roundTripNs: number): CalmChannel {
    const peer = this.peer(from);
    const far = there.peer(this.self);
    return (far.calmTo = new CalmChannel(far.sender, peer.receiver, wayNs, roundTripNs));
  }

  /** The channel from the peer is as all others again. */
  endCalm(from: NodeId, there: Endpoint): void {
    const peer = this.peer(from);
    peer.calmFrom = null;
    this.acknowledgeLater(peer);
    const far = there.peer(this.self);
    far.calmTo = null;
    there.world.wake(there.self, this.self, 'resend', far.sender.deadlineNs);
  }

  /** A control frame to the peer. Heartbeats that are sure to arrive acknowledge nothing, so that they are all alike. */
  controlFrame(
    to: NodeId,
    kind: ControlFrame['kind'],
    acknowledgement: Acknowledgement | null = null,
  ): ControlFrame {
    return { kind, from: this.self, to, incarnation: this.incarnation, acknowledgement };
  }

  /** A wake-up that was asked for. Often its reason is gone by now. */
  woken(to: NodeId, purpose: Purpose, nowNs: number): void {
    if (purpose === 'watch') this.attend(to, nowNs);
    else if (purpose === 'resend') this.resend(to, nowNs);
    else this.acknowledge(this.peer(to), nowNs);
  }

  /** The host was paused, and has taken what arrived meanwhile. No wake-up came during the pause. */
  resumed(nowNs: number): void {
    this.watches.restart(nowNs);
    for (const to of this.watches.peers()) this.attend(to, nowNs);
    for (const [to, peer] of this.peers) {
      this.resend(to, nowNs);
      this.acknowledge(peer, nowNs);
    }
  }

  /** The peer is in a new incarnation: the one before it has crashed. */
  private meet(from: NodeId, peer: Peer, incarnation: number): void {
    const isFirst = peer.incarnation === UNKNOWN_INCARNATION;
    this.learn(from, peer, incarnation);
    if (isFirst || !this.watches.has(from)) return;
    this.watches.end(from);
    this.world.suspect(this.self, from, 'returned');
  }

  private learn(to: NodeId, peer: Peer, incarnation: number): void {
    const isFirst = peer.incarnation === UNKNOWN_INCARNATION;
    peer.incarnation = incarnation;
    if (isFirst) {
      peer.sender.meet(incarnation);
      return;
    }
    this.beginChannel(to, peer.sender, incarnation);
    this.watches.confirm(to);
  }

  private receiveData(frame: DataFrame, peer: Peer, nowNs: number): boolean {
    const { from } = frame;
    if (frame.toIncarnation !== UNKNOWN_INCARNATION && frame.toIncarnation !== this.incarnation) {
      this.control(from, 'reset');
      return false;
    }
    peer.calmFrom?.catchUp(nowNs);
    const place = peer.receiver.put(frame.incarnation, frame.channel, frame.parcel);
    if (place === 'stale') return false;
    if (place === 'early') return true;
    peer.receiver.owe();
    for (let next = peer.receiver.take(); next !== null; next = peer.receiver.take())
      this.world.deliver(next, from, this.self);
    this.acknowledge(peer, nowNs);
    return true;
  }

  /** Whether the acknowledgement covers more than was known. */
  private noteAcknowledgement(frame: ChannelFrame, { sender, calmTo }: Peer): boolean {
    const { acknowledgement, from } = frame;
    if (acknowledgement === null || acknowledgement.incarnation !== this.incarnation) return false;
    const isNews = sender.acknowledged(acknowledgement.channel, acknowledgement.next);
    // Not at once: one that says more may have come at the same time.
    if (!calmTo) this.world.wake(this.self, from, 'resend', sender.deadlineNs);
    return isNews;
  }

  /** Sends the acknowledgement that is owed, at most one a round trip. */
  private acknowledge(peer: Peer, nowNs: number): void {
    const dueNs = this.debtDueNs(peer);
    if (!(nowNs < dueNs)) this.pay(peer, nowNs);
    else if (!peer.calmFrom) this.world.wake(this.self, peer.node, 'acknowledge', dueNs);
  }

  /** Asks to be woken when the acknowledgement is due that is owed, if any. */
  acknowledgeLater(peer: Peer): void {
    this.world.wake(this.self, peer.node, 'acknowledge', this.debtDueNs(peer));
  }

  private debtDueNs({ node, receiver, calmFrom }: Peer): number {
    return receiver.dueNs(calmFrom?.roundTripNs ?? this.world.roundTrips.ns(this.self, node));
  }

  private pay(peer: Peer, timeNs: number): void {
    const acknowledgement = peer.receiver.pay(timeNs);
    peer.calmFrom ??= this.world.calms(this.self, peer.node, acknowledgement, timeNs);
    if (peer.calmFrom) peer.calmFrom.send(acknowledgement, timeNs);
    else this.world.transmit(this.controlFrame(peer.node, 'acknowledge', acknowledgement));
  }

  private resend(to: NodeId, nowNs: number): void {
    const peer = this.peer(to);
    if (peer.calmTo) return;
    const sending = peer.sender.overdue(nowNs);
    if (sending) this.transmit(peer, sending);
    else this.world.wake(this.self, to, 'resend', peer.sender.deadlineNs);
  }

  /** Does what is due for a watched peer, and asks to be woken for the next. */
  private attend(to: NodeId, nowNs: number): void {
    const due = this.watches.due(to, nowNs);
    if (due === 'suspicion') this.world.suspect(this.self, to, 'silent');
    else if (due === 'beat') {
      if (this.world.elidesHeartbeats(this.self, to, nowNs)) return;
      this.control(to, 'beat');
    }
    this.world.wake(this.self, to, 'watch', this.watches.nextNs(to));
  }

  private beginChannel(to: NodeId, sender: SenderHalf, peerIncarnation: number): void {
    this.world.abandon(this.self, to);
    sender.begin(peerIncarnation);
    this.world.channelBegun(this.self, to);
  }

  private transmit(end: Peer, parcel: Sending): void {
    this.world.transmit(this.dataFrame(end, parcel, end.receiver.acknowledgement()));
  }

  /** A transmission begins. */
  dataFrame(end: Peer, parcel: Sending, acknowledgement: Acknowledgement | null): DataFrame {
    parcel.underWay++;
    return {
      kind: 'data',
      from: this.self,
      to: end.node,
      incarnation: this.incarnation,
      toIncarnation: end.sender.peerIncarnation,
      channel: end.sender.channel,
      acknowledgement,
      parcel,
      end,
    };
  }

  /** Where frames get lost each one acknowledges: an acknowledgement that is lost is not sent again by itself. */
  private control(to: NodeId, kind: ControlFrame['kind']): void {
    const isLossy = this.world.isLossy(this.self, to);
    const acknowledgement = isLossy ? this.peer(to).receiver.acknowledgement() : null;
    this.world.transmit(this.controlFrame(to, kind, acknowledgement));
  }

  /** A peer as this end knows it. */
  peer(node: NodeId): Peer {
    let peer = this.peers.get(node);
    if (!peer) {
      // A first incarnation knows that its peers start with incarnation 0; a later one may find them in any.
      const incarnation = this.incarnation === 0 ? 0 : UNKNOWN_INCARNATION;
      const timeOutNs = (bytes: number) => this.world.roundTrips.timeOutNs(this.self, node, bytes);
      peer = new Peer(node, this.incarnation, incarnation, timeOutNs);
      this.peers.set(node, peer);
    }
    return peer;
  }

  /** This node's end of what joins it with the end that the frame comes from. */
  private otherEnd({ end, from }: DataFrame): Peer {
    if (end.far?.ownIncarnation !== this.incarnation) end.far = this.peer(from);
    return end.far;
  }
}
