/**
 * One incarnation of one node as its peers meet it: its ends of all channels, the incarnations of its peers that it knows,
 * and whom it watches. It decides what to transmit, hand over and suspect, and does it through a `Line`, which a
 * simulated world and a real one give it alike. It knows no clock: it is told the time.
 */
import { Watches } from '../detector/watches.ts';
import type { DetectorSpec } from '../faults/fault-rule.ts';
import type { SuspicionCause } from '../observer.ts';
import type { NodeId } from '../world.ts';
import type { ControlFrame, DataFrame, Frame, Parcel } from './frame.ts';
import { UNKNOWN_INCARNATION } from './frame.ts';
import { ReceiverHalf } from './receiver-half.ts';
import { SenderHalf, type Sending } from './sender-half.ts';

/** What an endpoint may want to be woken for. */
export type Purpose = 'resend' | 'acknowledge' | 'watch';

/** What the world does for an endpoint. None of it calls back before it has returned, but `deliver` and `suspect`. */
export interface Line {
  /** Hands a frame to the network. `gone` follows when it is in no queue any more, if its channel is not over. */
  transmit(frame: Frame): void;
  /** Takes frames to that peer out of the network's queues that have not left yet. */
  abandon(peer: NodeId): void;
  /** Calls `woken` at that time at the latest; may be asked for again and again. Infinite: not at all. */
  wake(peer: NodeId, purpose: Purpose, timeNs: number): void;
  deliver(parcel: Parcel, from: NodeId): void;
  /**
   * A heartbeat is due now. True if it, and those that follow, need not be played out, for they surely arrive: the line
   * then answers for them, and calls `beatAgain` before anything happens that could change that.
   */
  lulls(peer: NodeId, nowNs: number): boolean;
  suspect(peer: NodeId, why: SuspicionCause): void;
  /** What is sent to the peer from now on is a channel of its own. */
  channelBegun(peer: NodeId): void;
  /** How long after a frame of that size has reached the peer its acknowledgement is overdue. */
  timeOutNs(peer: NodeId, bytes: number): number;
  /** Nanoseconds to the peer and back for next to no bytes. */
  roundTripNs(peer: NodeId): number;
}

interface Peer {
  /** The highest incarnation it has been heard in. */
  incarnation: number;
  readonly sender: SenderHalf;
  readonly receiver: ReceiverHalf;
  /** Whether something has come that it was not told of, and when it was last told in a frame of its own. */
  owes: boolean;
  acknowledgedNs: number;
}

export class Endpoint {
  readonly self: NodeId;
  readonly incarnation: number;
  private readonly line: Line;
  private readonly watches: Watches;
  private readonly peers = new Map<NodeId, Peer>();

  constructor(self: NodeId, incarnation: number, detector: DetectorSpec, line: Line) {
    this.self = self;
    this.incarnation = incarnation;
    this.line = line;
    this.watches = new Watches(detector, (peer) => line.roundTripNs(peer));
  }

  /** Whether a message of that kind is still on its way to the peer, for all that is known here. */
  isTelling(to: NodeId, kind: string): boolean {
    return this.peer(to).sender.has(kind);
  }

  send(to: NodeId, parcel: Parcel): void {
    this.transmit(to, this.peer(to).sender.add(parcel));
  }

  /** A data frame of this incarnation is in no queue of the network any more. */
  gone({ to, epoch, sequence }: DataFrame, nowNs: number): void {
    const { sender } = this.peer(to);
    sender.gone(epoch, sequence, nowNs);
    // The path may have become shorter since the oldest frame left, or the host may have stood still.
    this.line.wake(to, 'resend', Math.max(nowNs, sender.deadlineNs));
  }

  /** Takes what has arrived. False for a data frame that came too late: its channel is over, or an end has crashed. */
  receive(frame: Frame, nowNs: number): boolean {
    const peer = this.peer(frame.from);
    if (frame.incarnation < peer.incarnation) return false;
    if (frame.incarnation > peer.incarnation) this.meet(frame.from, peer, frame.incarnation);
    this.watches.heard(frame.from, nowNs);
    const hears = this.noteAcknowledgement(frame, peer, nowNs);
    // Work of a peer that hears nothing says nothing of how long its answers take.
    if (hears || frame.kind !== 'data') this.watches.refute(frame.from);
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
    if (incarnation === undefined) this.beginChannel(to, sender, sender.peerLife);
    else if (incarnation > peer.incarnation) this.learn(to, peer, incarnation);
  }

  /** Watches a peer from now on. Whatever is due about one that is watched already comes by itself, never from here. */
  watch(to: NodeId, nowNs: number): void {
    if (this.watches.has(to)) return;
    this.watches.begin(to, nowNs);
    this.attend(to, nowNs);
  }

  unwatch(to: NodeId): void {
    this.watches.end(to);
  }

  isWatching(to: NodeId): boolean {
    return this.watches.has(to);
  }

  /** See `Watches`. */
  get patience(): Pick<Watches, 'wrongSuspicions' | 'longestSilenceNs'> {
    return this.watches;
  }

  /** True if it takes the peer to be in that incarnation. */
  knows(to: NodeId, incarnation: number): boolean {
    return this.peer(to).incarnation === incarnation;
  }

  /** When its next heartbeat to the peer goes, and when it suspects the peer if nothing comes; else infinite. */
  expectation(to: NodeId): { beatNs: number; silentNs: number } {
    return { beatNs: this.watches.nextBeatNs(to), silentNs: this.watches.silentNs(to) };
  }

  /** A heartbeat has come from the peer at that time that was not played out. */
  heard(from: NodeId, timeNs: number): void {
    this.watches.heard(from, timeNs);
  }

  /** Heartbeats to the peer are played out from now on, the next at that time. */
  beatAgain(to: NodeId, beatNs: number): void {
    this.watches.beatAgain(to, beatNs);
    this.line.wake(to, 'watch', this.watches.nextNs(to));
  }

  /** Paths may be shorter than they were: whoever was watched on a slow one is watched as from now on. */
  hasten(nowNs: number): void {
    for (const to of this.watches.hasten(nowNs)) this.attend(to, nowNs);
  }

  /** A frame of that kind as it would be sent now. */
  controlFrame(to: NodeId, kind: ControlFrame['kind']): ControlFrame {
    const acknowledgement = this.peer(to).receiver.acknowledgement();
    return { kind, from: this.self, to, incarnation: this.incarnation, acknowledgement };
  }

  /** The world was asked for this, now or earlier; often the reason is gone. */
  woken(to: NodeId, purpose: Purpose, nowNs: number): void {
    if (purpose === 'watch') this.attend(to, nowNs);
    else if (purpose === 'resend') this.resend(to, nowNs);
    else this.acknowledge(to, this.peer(to), nowNs);
  }

  /** The host stood still for a time and has taken what arrived meanwhile. It was not woken for anything. */
  resumed(nowNs: number): void {
    this.watches.restart(nowNs);
    for (const to of this.watches.peers()) this.attend(to, nowNs);
    for (const [to, peer] of this.peers) {
      this.resend(to, nowNs);
      this.acknowledge(to, peer, nowNs);
    }
  }

  /** The peer is in an incarnation it was not known to be in: the one before it has ended in a crash. */
  private meet(from: NodeId, peer: Peer, incarnation: number): void {
    const isFirst = peer.incarnation === UNKNOWN_INCARNATION;
    this.learn(from, peer, incarnation);
    if (isFirst || !this.watches.has(from)) return;
    this.watches.end(from);
    this.line.suspect(from, 'returned');
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
    const place = peer.receiver.put(frame);
    if (place === 'stale') return false;
    if (place === 'early') return true;
    peer.owes = true;
    for (let next = peer.receiver.take(); next !== null; next = peer.receiver.take())
      this.line.deliver(next, from);
    this.acknowledge(from, peer, nowNs);
    return true;
  }

  /** Whether the peer says that more has arrived than it was known to have. */
  private noteAcknowledgement(frame: Frame, { sender }: Peer, nowNs: number): boolean {
    const { acknowledgement, from } = frame;
    if (acknowledgement === null || acknowledgement.incarnation !== this.incarnation) return false;
    const isNews = sender.acknowledged(acknowledgement.epoch, acknowledgement.next);
    this.resend(from, nowNs);
    return isNews;
  }

  /** Tells the peer what has arrived, if that is owed, and at most once a round trip. */
  private acknowledge(to: NodeId, peer: Peer, nowNs: number): void {
    if (!peer.owes) return;
    const dueNs = peer.acknowledgedNs + this.line.roundTripNs(to);
    if (nowNs < dueNs) {
      this.line.wake(to, 'acknowledge', dueNs);
      return;
    }
    peer.owes = false;
    peer.acknowledgedNs = nowNs;
    this.control(to, 'acknowledge');
  }

  private resend(to: NodeId, nowNs: number): void {
    const { sender } = this.peer(to);
    const sending = sender.overdue(nowNs);
    if (sending) this.transmit(to, sending);
    else this.line.wake(to, 'resend', sender.deadlineNs);
  }

  /** Does what is due about a peer that is watched, and asks to be woken for the next. */
  private attend(to: NodeId, nowNs: number): void {
    const due = this.watches.due(to, nowNs);
    if (due === 'suspicion') this.line.suspect(to, 'silent');
    else if (due === 'beat') {
      if (!this.watches.isSlow(to) && this.line.lulls(to, nowNs)) return;
      this.control(to, 'beat');
    }
    this.line.wake(to, 'watch', this.watches.nextNs(to));
  }

  private beginChannel(to: NodeId, sender: SenderHalf, peerLife: number): void {
    this.line.abandon(to);
    sender.begin(peerLife);
    this.line.channelBegun(to);
  }

  private transmit(to: NodeId, sending: Sending): void {
    const { sender, receiver } = this.peer(to);
    sending.underWay++;
    this.line.transmit({
      kind: 'data',
      from: this.self,
      to,
      incarnation: this.incarnation,
      toIncarnation: sender.peerLife,
      epoch: sender.epoch,
      sequence: sending.sequence,
      acknowledgement: receiver.acknowledgement(),
      parcel: sending.parcel,
    });
  }

  private control(to: NodeId, kind: ControlFrame['kind']): void {
    this.line.transmit(this.controlFrame(to, kind));
  }

  private peer(node: NodeId): Peer {
    let peer = this.peers.get(node);
    if (!peer) {
      // A first incarnation begins with the run, as all others do; a later one finds them in any.
      const incarnation = this.incarnation === 0 ? 0 : UNKNOWN_INCARNATION;
      const sender = new SenderHalf(incarnation, (bytes) => this.line.timeOutNs(node, bytes));
      const receiver = new ReceiverHalf();
      peer = { incarnation, sender, receiver, owes: false, acknowledgedNs: -Infinity };
      this.peers.set(node, peer);
    }
    return peer;
  }
}
