/**
 * Carries frames over a network whose wires may fail: data frames through the network, control frames on a priority
 * lane where each finds an empty path and delays nothing else. Nothing passes a cut: frames in the network are held
 * as long as it lasts, frames with an event of their own are lost. Loss, duplication and delay by chance are decided
 * when a frame arrives. It knows no channels and no hosts: its client decides who is alive to take a frame.
 */
import type { Accounting } from '../accounting.ts';
import type { ControlFrame, DataFrame, Frame, MessageFrame, PlainFrame } from '../channel/frame.ts';
import type { Distribution } from '../distribution.ts';
import type { Kernel } from '../kernel.ts';
import { LatencyJitter } from '../latency-jitter.ts';
import { buildNetwork } from '../network/build.ts';
import type { Network, NetworkClient } from '../network/network.ts';
import type { TransportOptions } from '../transport.ts';
import type { NodeId } from '../world.ts';
import { CableCuts } from './cable-cuts.ts';
import { ControlLane } from './control-lane.ts';
import { DelayedFrames } from './delayed-frames.ts';
import type { WireEffect } from './fault-rule.ts';
import { type Flight, Flights } from './flights.ts';
import { isMessage } from './traffic-counters.ts';
import { Wire } from './wire.ts';
import { WireDegrade } from './wire-degrade.ts';

/** Is told what becomes of frames. */
export interface FrameClient {
  /** A data frame enters the network, where its latency is multiplied by that factor. */
  entered(frame: MessageFrame, latencyFactor: number): void;
  /** A data frame has left every network queue. Whether it has arrived is told separately. */
  gone(frame: DataFrame): void;
  /** A frame has arrived; a duplicate arrives a second time. */
  arrived(frame: Frame): void;
  /** A frame is lost on the wire, or was taken out of the network. */
  lost(frame: Frame): void;
  /** Routes between some nodes change: called before and after. */
  routesChange(): void;
  routesChanged(): void;
}

export class WirePassage implements NetworkClient {
  readonly network: Network;
  private readonly kernel: Kernel;
  private readonly accounting: Accounting;
  private readonly client: FrameClient;
  private readonly wire: Wire;
  private readonly degrade: WireDegrade;
  private readonly jitter: LatencyJitter;
  private readonly latencyJitter: Distribution | null;
  private readonly flights = new Flights();
  private readonly cables: CableCuts;
  private readonly delayed: DelayedFrames;
  private readonly lane: ControlLane;
  private readonly release: number;

  constructor(
    kernel: Kernel,
    accounting: Accounting,
    options: TransportOptions & { readonly rerouteAfterNs: number },
    client: FrameClient,
  ) {
    const { seed, topology } = options;
    this.kernel = kernel;
    this.accounting = accounting;
    this.client = client;
    this.latencyJitter = options.latencyJitter ?? null;
    this.jitter = new LatencyJitter('channel', seed, topology.nodeCount, options.latencyJitter);
    this.wire = new Wire(seed, topology.nodeCount);
    this.network = buildNetwork(options.sharing, kernel, topology, this, true);
    this.degrade = new WireDegrade(topology, this.network);
    this.delayed = new DelayedFrames(kernel);
    const reroute = (change: () => void) => this.reroute(change);
    this.cables = new CableCuts(kernel, topology, options.rerouteAfterNs, reroute);
    const { network, delayed } = this;
    const arrived = (frame: Frame) => this.controlArrived(frame);
    this.lane = new ControlLane(kernel, options, network, delayed, arrived);
    this.release = kernel.register((number) => this.released(number));
  }

  carry(frame: Frame): void {
    if (isMessage(frame)) this.carryMessage(frame);
    else this.carryControl(frame);
  }

  /** Removes data frames of that sender, or of it to that target, that have not left the network yet. */
  kill(from: NodeId, to: NodeId | null): void {
    const doomed = this.flights.numbersOf(
      (frame, { departed }) => frame.from === from && (to === null || frame.to === to) && !departed,
    );
    for (const number of doomed.reverse()) {
      if (!this.network.kill(number)) continue;
      if (!this.flights.at(number).isHeld) this.stopCounting(this.flights.at(number));
      this.client.lost(this.flights.land(number));
    }
  }

  begin(id: number, effect: WireEffect): void {
    if (effect.kind === 'degrade') this.degrade.begin(id, effect);
    else if (!this.cables.begin(id, effect)) this.wire.begin(id, effect);
    if (effect.kind === 'cut' || effect.kind === 'partition') this.cut();
  }

  /** Whether the effect has affected a frame. For bandwidth and latency that is not known, and taken as true. */
  isFelt(id: number, effect: WireEffect): boolean {
    return effect.kind === 'degrade' || this.wire.isFelt(id) || this.cables.isFelt(id);
  }

  end(id: number): void {
    this.degrade.end(id);
    this.wire.end(id);
    this.cables.end(id);
    this.mend();
  }

  /** True if latencies are drawn. */
  get isJittery(): boolean {
    return this.latencyJitter !== null;
  }

  /** See `Wire`. */
  get tries(): number {
    return this.wire.tries;
  }

  /**
   * True if the arrival time of each control frame from one to the other is known, as long as no fault begins or
   * ends.
   */
  isClear(from: NodeId, to: NodeId): boolean {
    const { latencyJitter, wire, cables } = this;
    const detour = cables.detour(from, to);
    return latencyJitter === null && wire.isClear(from, to) && !cables.isCut(from, to, detour);
  }

  /** True if frames from one to the other get lost by chance. */
  isLossy(from: NodeId, to: NodeId): boolean {
    return this.wire.isLossy(from, to);
  }

  /** Schedules the arrival of a control frame that has been in flight for a while. */
  carryOn(frame: ControlFrame, arrivalNs: number): void {
    this.lane.carryOn(frame, this.detour(frame.from, frame.to), arrivalNs);
  }

  /** See `Flights`. */
  renew(renewed: (frame: PlainFrame) => DataFrame): void {
    this.flights.renew(renewed);
  }

  /** Nanoseconds of that many bytes on an empty path as it is now; without jitter, unless its factor is given. */
  pathNs(from: NodeId, to: NodeId, bytes: number, latencyFactor = 1): number {
    return this.network.emptyPathNs(from, to, bytes, latencyFactor, this.detour(from, to));
  }

  /** The links of the detour that messages take now; null where they take the usual route. */
  detour(from: NodeId, to: NodeId): Int32Array | null {
    return this.cables.detour(from, to);
  }

  /** Data frames in flight that are not held at a cut. */
  get underWay(): MessageFrame[] {
    const numbers = this.flights.numbersOf((_, { isHeld }) => !isHeld);
    return numbers.map((number) => this.flights.at(number).frame!);
  }

  departed(number: number): void {
    const flight = this.flights.at(number);
    flight.departed = true;
    if (!flight.isHeld) this.accounting.departed(flight.frame!.from, this.kernel.now);
  }

  delivered(number: number): void {
    const { detour } = this.flights.at(number);
    const frame = this.flights.land(number);
    if (frame.kind === 'plain') return this.arrive(frame);
    const { from, to } = frame;
    this.client.gone(frame);
    if (this.wire.loses(from, to)) {
      this.accounting.delivered(to, this.kernel.now);
      this.client.lost(frame);
      return;
    }
    if (this.wire.duplicates(from, to)) this.holdBack(frame, true, detour);
    if (this.wire.holdsBack(from, to)) this.holdBack(frame, false, detour);
    else this.arrive(frame);
  }

  private carryMessage(frame: MessageFrame): void {
    const { from, to } = frame;
    const detour = this.detour(from, to);
    const number = this.flights.add(frame, detour);
    this.accounting.sent(from, to, this.kernel.now);
    const factor = this.jitter.factor(from, to);
    this.client.entered(frame, factor);
    this.network.send(number, from, to, frame.parcel.bytes, factor, detour);
    if (frame.kind === 'data' && this.isCut(frame, detour)) this.hold(number);
  }

  private isCut({ from, to }: Frame, detour: Int32Array | null): boolean {
    // Both are asked: each cut that is met counts as felt.
    const isWalledOff = this.wire.isCut(from, to);
    return this.cables.isCut(from, to, detour) || isWalledOff;
  }

  /** Holds or loses all that is in flight across a cut: no part of it passes. */
  private cut(): void {
    const held = this.flights.numbersOf(
      (frame, { isHeld, detour }) => !isHeld && this.isCut(frame, detour),
    );
    for (const number of held.reverse()) this.hold(number);
    for (const held of this.delayed.takeAll(({ frame, detour }) => this.isCut(frame, detour))) {
      if (held.isDuplicate) continue;
      if (isMessage(held.frame)) this.accounting.delivered(held.frame.to, this.kernel.now);
      this.client.lost(held.frame);
    }
  }

  /** Releases frames that are held where there is no cut any more. */
  private mend(): void {
    const free = this.flights.numbersOf(
      (frame, { isHeld, detour }) => isHeld && !this.isCut(frame, detour),
    );
    for (const number of free) {
      const flight = this.flights.at(number);
      const { from, to } = flight.frame!;
      flight.isHeld = false;
      this.accounting.sent(from, to, this.kernel.now);
      if (flight.departed) this.accounting.departed(from, this.kernel.now);
      this.network.goOn(number);
    }
  }

  /**
   * Changes routes. A held frame whose route is given up starts again on the new one, whole; if its last byte has
   * left the sender it is lost, and the channel sends it again.
   */
  private reroute(change: () => void): void {
    this.client.routesChange();
    change();
    const canGo = (frame: MessageFrame) => !this.isCut(frame, this.detour(frame.from, frame.to));
    const stuck = this.flights.numbersOf((frame, { isHeld }) => isHeld && canGo(frame));
    for (const number of stuck.toReversed()) this.network.drop(number);
    for (const number of stuck) {
      const { departed } = this.flights.at(number);
      const frame = this.flights.land(number);
      if (!departed || frame.kind === 'plain') this.carryMessage(frame);
      else {
        this.client.gone(frame);
        this.client.lost(frame);
      }
    }
    this.client.routesChanged();
  }

  private hold(number: number): void {
    if (!this.network.hold(number)) return;
    const flight = this.flights.at(number);
    flight.isHeld = true;
    this.stopCounting(flight);
  }

  /** A flight is over, or held: the accounting stops counting it. */
  private stopCounting({ frame, departed }: Flight): void {
    if (!departed) this.accounting.departed(frame!.from, this.kernel.now);
    this.accounting.delivered(frame!.to, this.kernel.now);
  }

  private carryControl(frame: ControlFrame): void {
    const detour = this.detour(frame.from, frame.to);
    if (this.isCut(frame, detour)) this.client.lost(frame);
    else this.lane.send(frame, detour);
  }

  private controlArrived(frame: Frame): void {
    if (this.wire.loses(frame.from, frame.to)) this.client.lost(frame);
    else this.client.arrived(frame);
  }

  private arrive(frame: Frame): void {
    this.accounting.delivered(frame.to, this.kernel.now);
    this.client.arrived(frame);
  }

  private holdBack(frame: MessageFrame, isDuplicate: boolean, detour: Int32Array | null): void {
    const { from, to } = frame;
    const extraNs = this.wire.extraNs(from, to, this.pathNs(from, to, frame.parcel.bytes));
    this.delayed.add(this.release, { frame, isDuplicate, detour }, extraNs);
  }

  private released(number: number): void {
    const { frame, isDuplicate } = this.delayed.take(number);
    if (isDuplicate) this.client.arrived(frame);
    else this.arrive(frame);
  }
}
