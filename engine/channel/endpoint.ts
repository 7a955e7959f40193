/**
 * One incarnation of one node as its peers meet it: its ends of all channels, the incarnations of its peers that it
 * knows, and the peers it watches. It decides what to transmit, deliver and suspect. An `EndpointWorld`, simulated or
 * real, carries that out. It knows no clock: it is told the time.
 */
import { Watches } from '../detector/watches.ts';
import type { DetectorSpec } from '../faults/fault-rule.ts';
import type { NodeId } from '../world.ts';
import type { ElidedAcknowledgements } from './elided-acknowledgements.ts';
import type { EndpointWorld, Purpose } from './endpoint-world.ts';
import type { Acknowledgement, ControlFrame, DataFrame, Frame, Parcel } from './frame.ts';
import { UNKNOWN_INCARNATION } from './frame.ts';
import { Peer } from './peer.ts';
import type { SenderHalf, Sending } from './sender-half.ts';

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
    this.watches = new Watches(detector, (peer) => world.roundTripNs(peer));
  }

  /** Whether a message of that kind is not acknowledged by the peer yet. */
  isTelling(to: NodeId, kind: string, nowNs: number): boolean {
    const { sender, heard } = this.peer(to);
    heard?.catchUp(nowNs);
    return sender.has(kind);
  }

  send(to: NodeId, parcel: Parcel): void {
    const peer = this.peer(to);
    this.transmit(to, peer, peer.sender.add(parcel));
  }

  /** A data frame of this incarnation has left every queue of the network. */
  gone({ to, channel, sequence }: DataFrame, nowNs: number): void {
    const { sender, heard } = this.peer(to);
    sender.gone(channel, sequence, nowNs);
    if (heard) return;
    // The path may have become shorter since the oldest frame left, or the host may have stood still.
    this.world.wake(to, 'resend', Math.max(nowNs, sender.deadlineNs));
  }

  /**
   * Takes a frame that has arrived. False for a data frame that came too late: its channel is over, or an end has
   * crashed.
   */
  receive(frame: Frame, nowNs: number): boolean {
    const peer = this.peer(frame.from);
    if (frame.incarnation < peer.incarnation) return false;
    if (frame.incarnation > peer.incarnation) this.meet(frame.from, peer, frame.incarnation);
    this.watches.heard(frame.from, nowNs);
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
    const { sender } = peer;
    if (incarnation === undefined) this.beginChannel(to, sender, sender.peerIncarnation);
    else if (incarnation > peer.incarnation) this.learn(to, peer, incarnation);
  }

  /** Starts watching a peer. A peer that is watched already needs nothing: its next event is set. */
  watch(to: NodeId, nowNs: number): void {
    if (this.watches.has(to)) return;
    this.watches.begin(to, nowNs);
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
    this.world.wake(to, 'watch', this.watches.nextNs(to));
  }

  /** Paths may be shorter than they were: time-outs are too, and peers that were watched slowly are watched afresh. */
  hasten(nowNs: number): void {
    for (const [to, { sender }] of this.peers) this.world.wake(to, 'resend', sender.deadlineNs);
    for (const to of this.watches.hasten(nowNs)) this.attend(to, nowNs);
  }

  /** Whether nothing needs to be sent again once that acknowledgement comes, at that time, and the peer is not suspected. */
  isCertain(to: NodeId, { channel, next }: Acknowledgement, timeNs: number): boolean {
    const { sender } = this.peer(to);
    const isInTime = sender.deadlineNs > timeNs && !this.watches.isSuspected(to);
    return isInTime && sender.isUnderWay(channel, next);
  }

  /** Acknowledgements of the peer are elided from now on; null: they are frames again. */
  hearElided(from: NodeId, elided: ElidedAcknowledgements | null): void {
    const peer = this.peer(from);
    peer.heard = elided;
    if (!elided) this.world.wake(from, 'resend', peer.sender.deadlineNs);
  }

  /** An elided acknowledgement of the peer arrived at that time. */
  acknowledged(from: NodeId, { channel, next }: Acknowledgement, timeNs: number): void {
    this.peer(from).sender.acknowledged(channel, next);
    this.watches.heard(from, timeNs);
  }

  /** Sends the elided acknowledgement to the peer that was due before that time, if there was one. */
  payDebt(to: NodeId, nowNs: number): void {
    const peer = this.peer(to);
    const dueNs = this.debtDueNs(to, peer);
    if (dueNs < nowNs) this.pay(to, peer, dueNs);
  }

  /** Acknowledgements to the peer are frames again. */
  tellAgain(to: NodeId): void {
    const peer = this.peer(to);
    peer.told = null;
    this.world.wake(to, 'acknowledge', this.debtDueNs(to, peer));
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
    else this.acknowledge(to, this.peer(to), nowNs);
  }

  /** The host was paused, and has taken what arrived meanwhile. No wake-up came during the pause. */
  resumed(nowNs: number): void {
    this.watches.restart(nowNs);
    for (const to of this.watches.peers()) this.attend(to, nowNs);
    for (const [to, peer] of this.peers) {
      this.resend(to, nowNs);
      this.acknowledge(to, peer, nowNs);
    }
  }

  /** The peer is in a new incarnation: the one before it has crashed. */
  private meet(from: NodeId, peer: Peer, incarnation: number): void {
    const isFirst = peer.incarnation === UNKNOWN_INCARNATION;
    this.learn(from, peer, incarnation);
    if (isFirst || !this.watches.has(from)) return;
    this.watches.end(from);
    this.world.suspect(from, 'returned');
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
    peer.told?.catchUp(nowNs);
    const place = peer.receiver.put(frame);
    if (place === 'stale') return false;
    if (place === 'early') return true;
    peer.owes = true;
    for (let next = peer.receiver.take(); next !== null; next = peer.receiver.take())
      this.world.deliver(next, from);
    this.acknowledge(from, peer, nowNs);
    return true;
  }

  /** Whether the acknowledgement covers more than was known. */
  private noteAcknowledgement(frame: Frame, { sender, heard }: Peer): boolean {
    const { acknowledgement, from } = frame;
    if (acknowledgement === null || acknowledgement.incarnation !== this.incarnation) return false;
    const isNews = sender.acknowledged(acknowledgement.channel, acknowledgement.next);
    // Not at once: one that says more may have come at the same time.
    if (!heard) this.world.wake(from, 'resend', sender.deadlineNs);
    return isNews;
  }

  /** Sends the acknowledgement that is owed, at most one a round trip. */
  private acknowledge(to: NodeId, peer: Peer, nowNs: number): void {
    const dueNs = this.debtDueNs(to, peer);
    if (!(nowNs < dueNs)) this.pay(to, peer, nowNs);
    else if (!peer.told) this.world.wake(to, 'acknowledge', dueNs);
  }

  private debtDueNs(to: NodeId, { owes, acknowledgedNs, told }: Peer): number {
    if (!owes) return Infinity;
    return acknowledgedNs + (told ? told.roundTripNs : this.world.roundTripNs(to));
  }

  private pay(to: NodeId, peer: Peer, timeNs: number): void {
    const acknowledgement = peer.receiver.acknowledgement()!;
    peer.owes = false;
    peer.acknowledgedNs = timeNs;
    peer.told ??= this.world.elidesAcknowledgements(to, acknowledgement, timeNs);
    if (peer.told) peer.told.send(acknowledgement, timeNs);
    else this.world.transmit(this.controlFrame(to, 'acknowledge', acknowledgement));
  }

  private resend(to: NodeId, nowNs: number): void {
    const peer = this.peer(to);
    if (peer.heard) return;
    const sending = peer.sender.overdue(nowNs);
    if (sending) this.transmit(to, peer, sending);
    else this.world.wake(to, 'resend', peer.sender.deadlineNs);
  }

  /** Does what is due for a watched peer, and asks to be woken for the next. */
  private attend(to: NodeId, nowNs: number): void {
    const due = this.watches.due(to, nowNs);
    if (due === 'suspicion') this.world.suspect(to, 'silent');
    else if (due === 'beat') {
      if (this.world.elidesHeartbeats(to, nowNs)) return;
      this.control(to, 'beat');
    }
    this.world.wake(to, 'watch', this.watches.nextNs(to));
  }

  private beginChannel(to: NodeId, sender: SenderHalf, peerIncarnation: number): void {
    this.world.abandon(to);
    sender.begin(peerIncarnation);
    this.world.channelBegun(to);
  }

  private transmit(to: NodeId, { sender, receiver }: Peer, sending: Sending): void {
    sending.underWay++;
    this.world.transmit({
      kind: 'data',
      from: this.self,
      to,
      incarnation: this.incarnation,
      toIncarnation: sender.peerIncarnation,
      channel: sender.channel,
      sequence: sending.sequence,
      acknowledgement: receiver.acknowledgement(),
      parcel: sending.parcel,
    });
  }

  /** Where frames get lost each one acknowledges: an acknowledgement that is lost is not sent again by itself. */
  private control(to: NodeId, kind: ControlFrame['kind']): void {
    const isLossy = this.world.isLossy(to);
    const acknowledgement = isLossy ? this.peer(to).receiver.acknowledgement() : null;
    this.world.transmit(this.controlFrame(to, kind, acknowledgement));
  }

  private peer(node: NodeId): Peer {
    let peer = this.peers.get(node);
    if (!peer) {
      // A first incarnation knows that its peers start with incarnation 0; a later one may find them in any.
      const incarnation = this.incarnation === 0 ? 0 : UNKNOWN_INCARNATION;
      peer = new Peer(incarnation, (bytes) => this.world.timeOutNs(node, bytes));
      this.peers.set(node, peer);
    }
    return peer;
  }
}
