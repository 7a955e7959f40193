/**
 * Carries messages where hosts and wires may fail: over a reliable channel from each incarnation of a node to each of
 * another, with a detector beside it (PROTOCOLS sections 0 and C). It joins the endpoints, which know what to do, to
 * the kernel, which knows when, and to the wire. Of a message it reads the kind alone.
 */
import { RoundTrips } from './channel/round-trips.ts';
import type { Accounting } from './accounting.ts';
import { Endpoint } from './channel/endpoint.ts';
import type { CalmChannel } from './channel/calm-channel.ts';
import type { EndpointWorld, Purpose } from './channel/endpoint-world.ts';
import type { DataFrame, Frame, MessageFrame } from './channel/frame.ts';
import type { Parcel } from './parcel.ts';
import type { Station } from './elision/elided.ts';
import { totalOf } from './columns.ts';
import { type Carried, endlessOf } from './endless-work.ts';
import type { DetectorSpec, WireEffect } from './faults/fault-rule.ts';
import type { FallibleReceiver, FaultableTransport } from './faults/faultable-transport.ts';
import { Elisions } from './elision/elisions.ts';
import { isMessage, TrafficCounters } from './faults/traffic-counters.ts';
import { type Patience, PatienceTracker } from './faults/patience.ts';
import { type FrameClient, WirePassage } from './faults/wire-passage.ts';
import { WireTimers } from './faults/wire-timers.ts';
import { END_NS, type Kernel } from './kernel.ts';
import type { SuspicionCause } from './observer.ts';
import type { Observers } from './observers.ts';
import type { LinkUses, Traffic } from './result.ts';
import { type OwnMessage, SelfDelivery } from './self-delivery.ts';
import type { MessageCarrier, TransportOptions } from './transport.ts';
import { MESSAGE_HEADER_BYTES, type Message, type NodeId } from './world.ts';

export class ReliableTransport
  implements MessageCarrier, FaultableTransport, FrameClient, EndpointWorld
{
  readonly receivers: FallibleReceiver[] = [];
  /** Transmissions of messages that were lost; heartbeats and acknowledgements are not counted. */
  messagesLost = 0;
  private readonly patience = new PatienceTracker();
  readonly linkCount: number;

  private readonly kernel: Kernel;
  private readonly observers: Observers;
  private readonly detector: DetectorSpec;
  private readonly passage: WirePassage;
  private readonly timers: WireTimers;
  private readonly elisions: Elisions;
  private readonly stations: Station[];
  /** Counts every frame: messages, with retransmissions, and separately control frames. */
  private readonly counters: TrafficCounters;
  readonly roundTrips: RoundTrips;
  private readonly ownMessages: SelfDelivery;
  /** Messages sent so far, also to the sender itself: the number of the next one. */
  private numbered = 0;

  constructor(
    kernel: Kernel,
    accounting: Accounting,
    observers: Observers,
    options: TransportOptions,
    detector: DetectorSpec,
  ) {
    const { topology } = options;
    const { nodeCount, linkCount } = topology;
    this.kernel = kernel;
    this.observers = observers;
    this.detector = detector;
    this.linkCount = linkCount;
    this.counters = new TrafficCounters(topology, (...pair) => this.passage.detour(...pair));
    const { rerouteAfterNs = detector.misses * detector.heartbeatNs } = options;
    this.passage = new WirePassage(kernel, accounting, { ...options, rerouteAfterNs }, this);
    this.roundTrips = new RoundTrips(nodeCount, (...path) => this.passage.pathNs(...path));
    this.timers = new WireTimers(kernel, nodeCount, (node, peer, purpose) => {
      if (purpose === 'watch') this.elisions.catchUp(peer, node, kernel.now);
      const { endpoint, state } = this.stations[node];
      const isAnsweredFor = purpose === 'watch' && this.elisions.elidesHeartbeats(node, peer);
      if (state === 'up' && !isAnsweredFor) endpoint.woken(peer, purpose, kernel.now);
    });
    const { passage, counters } = this;
    const station = (node: NodeId) => this.stations[node];
    this.elisions = new Elisions({ kernel, topology, passage, counters, station });
    this.ownMessages = new SelfDelivery(kernel, (message) => this.deliverOwn(message));
    this.stations = Array.from({ length: nodeCount }, (_, node) => this.stationOf(node, 0));
  }

  expectPeace(untilNs: number): void {
    this.elisions.expectPeace(untilNs);
  }

  send(from: NodeId, to: NodeId, message: Message, payloadBytes: number): void {
    const { now } = this.kernel;
    if (message.isReminder && this.elisions.isTelling(from, to, message.kind, now)) return;
    const bytes = payloadBytes + MESSAGE_HEADER_BYTES;
    const number = this.numbered++;
    this.observers.messageSent(number, from, to, message, bytes, now);
    const { peace } = this.elisions;
    if (from === to)
      this.ownMessages.send(this.stations[from].endpoint, { number, message, bytes });
    else if (peace) this.transmit(peace.frame(from, to, number, message, bytes));
    else this.stations[from].endpoint.send(to, { number, message, bytes });
  }

  get traffic(): Traffic {
    this.elisions.count(this.kernel.now);
    return this.counters.traffic;
  }

  get messages(): number {
    return totalOf(this.traffic.messagesSent);
  }

  get bytes(): number {
    return totalOf(this.traffic.bytesSent);
  }

  crashed(node: NodeId): void {
    this.elisions.endOf(node, this.kernel.now);
    const station = this.stations[node];
    const { stalled } = station;
    station.state = 'down';
    station.stalled = [];
    this.timers.clear(node);
    this.passage.kill(node, null);
    for (const frame of stalled) this.lost(frame);
  }

  returned(node: NodeId, incarnation: number): void {
    this.patience.forget(this.stations[node].endpoint);
    this.stations[node] = this.stationOf(node, incarnation);
  }

  paused(node: NodeId): void {
    this.elisions.endOf(node, this.kernel.now);
    this.stations[node].state = 'paused';
  }

  resumed(node: NodeId): void {
    const station = this.stations[node];
    const { stalled, endpoint } = station;
    station.state = 'up';
    station.stalled = [];
    for (const frame of stalled) this.arrived(frame);
    endpoint.resumed(this.kernel.now);
  }

  beginWireFault(id: number, effect: WireEffect): void {
    this.elisions.endAll(this.kernel.now);
    this.roundTrips.forget();
    this.passage.begin(id, effect);
  }

  endWireFault(id: number): void {
    this.elisions.endAll(this.kernel.now);
    this.roundTrips.forget();
    this.passage.end(id);
    this.routesChanged();
  }

  routesChange(): void {
    this.elisions.endAll(this.kernel.now);
    this.counters.followRoutes();
  }

  routesChanged(): void {
    const { now } = this.kernel;
    this.roundTrips.forget();
    for (const { endpoint, state } of this.stations) if (state === 'up') endpoint.hasten(now);
  }

  feltWireFault(id: number, effect: WireEffect): boolean {
    return this.passage.isFelt(id, effect);
  }

  watch(node: NodeId, peer: NodeId): void {
    const { endpoint } = this.stations[node];
    if (endpoint.watches.has(peer)) return;
    this.elisions.endBetween(node, peer, this.kernel.now);
    endpoint.watch(peer, this.kernel.now);
  }

  unwatch(node: NodeId, peer: NodeId): void {
    const { endpoint } = this.stations[node];
    if (!endpoint.watches.has(peer)) return;
    this.elisions.endBetween(node, peer, this.kernel.now);
    endpoint.unwatch(peer);
  }

  hangUp(node: NodeId, peer: NodeId, incarnation?: number): void {
    this.elisions.endPeace(this.kernel.now);
    this.stations[node].endpoint.hangUp(peer, incarnation);
  }

  takePatience(): Patience {
    return this.patience.take(this.passage.tries, this.roundTrips);
  }

  use(): LinkUses {
    this.elisions.count(this.kernel.now);
    return this.counters.withControl(this.passage.network.loads());
  }

  linkBusyNs(): Float64Array {
    const busyNs = new Float64Array(this.linkCount);
    this.passage.network.busyNs(busyNs);
    return busyNs;
  }

  endless(): Carried | null {
    return endlessOf(this.passage.underWay, this.passage, this.kernel.now);
  }

  entered({ from, to, parcel }: MessageFrame, latencyFactor: number): void {
    if (!this.observers.followsPaths) return;
    const emptyNs = this.passage.pathNs(from, to, parcel.bytes, latencyFactor);
    this.observers.messageEntered(parcel.number, emptyNs);
  }

  gone(frame: DataFrame): void {
    const { endpoint, state } = this.stations[frame.from];
    if (state !== 'down' && endpoint.incarnation === frame.incarnation)
      endpoint.gone(frame, this.kernel.now);
  }

  arrived(frame: Frame): void {
    if (frame.kind === 'plain') return this.elisions.peace!.arrived(frame, this.kernel.now, this);
    const station = this.stations[frame.to];
    if (station.state === 'down') this.lost(frame);
    else if (station.state === 'paused') station.stalled.push(frame);
    else {
      this.counters.received(frame);
      if (!station.endpoint.receive(frame, this.kernel.now)) this.lost(frame);
    }
  }

  lost(frame: Frame): void {
    if (isMessage(frame)) this.lostParcel(frame.from, frame.to, frame.parcel);
  }

  private lostParcel(from: NodeId, to: NodeId, { message }: Parcel): void {
    this.messagesLost++;
    this.observers.messageLost(from, to, message, this.kernel.now);
  }

  transmit(frame: Frame): void {
    this.patience.sent(frame);
    this.counters.sent(frame);
    this.passage.carry(frame);
  }

  abandon(node: NodeId, peer: NodeId): void {
    this.passage.kill(node, peer);
  }

  elidesHeartbeats(node: NodeId, peer: NodeId, nowNs: number): boolean {
    return this.elisions.beginHeartbeats(node, peer, nowNs);
  }

  calms(...due: Parameters<EndpointWorld['calms']>): CalmChannel | null {
    return this.elisions.beginAcknowledgements(...due);
  }

  isLossy(node: NodeId, peer: NodeId): boolean {
    return this.passage.isLossy(node, peer);
  }

  suspect(node: NodeId, peer: NodeId, why: SuspicionCause): void {
    this.elisions.endBetween(node, peer, this.kernel.now);
    this.patience.suspects(this.stations[node].endpoint);
    this.observers.peerSuspected(node, peer, why, this.kernel.now);
    this.receivers[node].suspect(peer);
  }

  channelBegun(node: NodeId, peer: NodeId): void {
    this.observers.channelBegun(node, peer, this.kernel.now);
  }

  private deliverOwn({ node, incarnation, parcel }: OwnMessage): void {
    const { endpoint, state } = this.stations[node];
    if (state === 'down' || endpoint.incarnation !== incarnation)
      this.lostParcel(node, node, parcel);
    else this.deliver(parcel, node, node);
  }

  deliver({ number, message, bytes }: Parcel, from: NodeId, to: NodeId): void {
    this.kernel.fold(bytes, from, to);
    this.observers.messageDelivered(number, from, to, message, this.kernel.now);
    this.receivers[to].deliver(message, from, bytes);
  }

  wake(node: NodeId, peer: NodeId, purpose: Purpose, timeNs: number): void {
    if (timeNs >= END_NS) return;
    if (purpose === 'resend') this.patience.timeOut(timeNs - this.kernel.now);
    // A deadline may lie in the past: a slow path may have become one through which nothing passes.
    this.timers.set(node, peer, purpose, Math.max(timeNs, this.kernel.now));
  }

  private stationOf(node: NodeId, incarnation: number): Station {
    const endpoint = new Endpoint(node, incarnation, this.detector, this);
    return { endpoint, state: 'up', stalled: [] };
  }
}
