/**
 * Carries frames over a network whose wires may fail: data frames through the network, control frames on a lane of
 * their own, on which they take what an empty path takes, behind nothing and in nobody's way. Nothing passes a cut: what is
 * in the network stands still for as long as it lasts, what has an event of its own is lost. What chance does to a frame
 * is decided when it arrives. It knows no channels and no hosts: who is alive to take a frame is for its client to say.
 */
import type { Accounting } from '../accounting.ts';
import type { ControlFrame, DataFrame, Frame } from '../channel/frame.ts';
import { Channels } from '../channels.ts';
import type { Distribution } from '../distribution.ts';
import { sample } from '../distribution.ts';
import type { Kernel } from '../kernel.ts';
import { buildNetwork } from '../network/build.ts';
import type { Network, NetworkClient } from '../network/network.ts';
import { randomStream } from '../random.ts';
import type { TransportOptions } from '../transport.ts';
import type { NodeId, RandomStream } from '../world.ts';
import { CableCuts } from './cable-cuts.ts';
import type { WireEffect } from './fault-rule.ts';
import { type Flight, Flights } from './flights.ts';
import { LateFrames } from './late-frames.ts';
import { frameBytes } from './traffic-books.ts';
import { Wire } from './wire.ts';
import { WireDegrade } from './wire-degrade.ts';

/** Who is told what becomes of frames. */
export interface FrameClient {
  /** A data frame is in no queue of the network any more; whether it has arrived is told separately. */
  gone(frame: DataFrame): void;
  /** A frame has arrived; of one that came twice this is told twice. */
  arrived(frame: Frame): void;
  /** The wire has swallowed a frame, or it was taken out of the network. */
  lost(frame: Frame): void;
  /** Messages between some nodes go another way from now on: told before and after. */
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
  private readonly channels: Channels;
  private readonly latencyJitter: Distribution | null;
  private readonly seed: number;
  private readonly nodeCount: number;
  private readonly flights = new Flights();
  private readonly cables: CableCuts;
  private readonly lates: LateFrames;
  private readonly controlStreams = new Map<number, RandomStream>();
  private readonly controlArrival: number;
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
    this.seed = seed;
    this.nodeCount = topology.nodeCount;
    this.latencyJitter = options.latencyJitter ?? null;
    this.channels = new Channels(seed, topology.nodeCount);
    this.wire = new Wire(seed, topology.nodeCount);
    this.network = buildNetwork(options.sharing, kernel, topology, this, true);
    this.degrade = new WireDegrade(topology, this.network);
    this.lates = new LateFrames(kernel);
    const reroute = (change: () => void) => this.reroute(change);
    this.cables = new CableCuts(kernel, topology, options.rerouteAfterNs, reroute);
    this.controlArrival = kernel.register((number) => this.controlArrived(number));
    this.release = kernel.register((number) => this.released(number));
  }

  carry(frame: Frame): void {
    if (frame.kind === 'data') this.carryData(frame);
    else this.carryControl(frame);
  }

  /** Takes the data frames of that sender, or of it to that target, out of the network that have not left it yet. */
  kill(from: NodeId, to: NodeId | null): void {
    const doomed = this.flights.numbersOf(
      (frame, { departed }) => frame.from === from && (to === null || frame.to === to) && !departed,
    );
    for (const number of doomed.reverse()) {
      if (!this.network.kill(number)) continue;
      if (!this.flights.at(number).isHeld) this.bookOff(this.flights.at(number));
      this.client.lost(this.flights.land(number));
    }
  }

  begin(id: number, effect: WireEffect): void {
    if (effect.kind === 'degrade') this.degrade.begin(id, effect);
    else if (!this.cables.begin(id, effect)) this.wire.begin(id, effect);
    if (effect.kind === 'cut' || effect.kind === 'partition') this.cut();
  }

  /** Whether a frame has felt the effect; of one on bandwidth and latency alone that is not known, and taken for true. */
  isFelt(id: number, effect: WireEffect): boolean {
    return effect.kind === 'degrade' || this.wire.isFelt(id) || this.cables.isFelt(id);
  }

  end(id: number): void {
    this.degrade.end(id);
    this.wire.end(id);
    this.cables.end(id);
    this.mend();
  }

  /** See `Wire`. */
  get tries(): number {
    return this.wire.tries;
  }

  /** True if it is known when each control frame from one to the other arrives, as long as no fault begins or ends. */
  isClear(from: NodeId, to: NodeId): boolean {
    const { latencyJitter, wire, cables } = this;
    const detour = cables.detour(from, to);
    return latencyJitter === null && wire.isClear(from, to) && !cables.isCut(from, to, detour);
  }

  /** Has a control frame arrive at that time that has been on its way for a while. */
  carryOn(frame: ControlFrame, arrivalNs: number): void {
    const detour = this.detour(frame.from, frame.to);
    const late = { frame, isDouble: false, detour };
    this.lates.add(this.controlArrival, late, arrivalNs - this.kernel.now);
  }

  /** Nanoseconds of that many bytes on an empty path as it is now, without jitter. */
  pathNs(from: NodeId, to: NodeId, bytes: number): number {
    return this.network.emptyPathNs(from, to, bytes, 1, this.detour(from, to));
  }

  /** The links of the way round a cut that messages take at present; null where they go the usual way. */
  detour(from: NodeId, to: NodeId): Int32Array | null {
    return this.cables.detour(from, to);
  }

  /** Data frames that are on their way and stand in no cut. */
  get underWay(): DataFrame[] {
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
    const { from, to } = frame;
    this.client.gone(frame);
    if (this.wire.loses(from, to)) {
      this.accounting.delivered(to, this.kernel.now);
      this.client.lost(frame);
      return;
    }
    if (this.wire.doubles(from, to)) this.holdBack(frame, true, detour);
    if (this.wire.holdsBack(from, to)) this.holdBack(frame, false, detour);
    else this.arrive(frame);
  }

  private carryData(frame: DataFrame): void {
    const { from, to } = frame;
    const detour = this.detour(from, to);
    const number = this.flights.add(frame, detour);
    this.accounting.sent(from, to, this.kernel.now);
    const factor = this.latencyJitter
      ? this.channels.latencyFactor(from, to, this.latencyJitter)
      : 1;
    this.network.send(number, from, to, frame.parcel.bytes, factor, detour);
    if (this.isCut(frame, detour)) this.hold(number);
  }

  private isCut({ from, to }: Frame, detour: Int32Array | null): boolean {
    // Both are asked: each cut that is met has been felt.
    const isWalledOff = this.wire.isCut(from, to);
    return this.cables.isCut(from, to, detour) || isWalledOff;
  }

  /** Has all that is under way stand still where a cut is, or lost: no part of it passes. */
  private cut(): void {
    const held = this.flights.numbersOf(
      (frame, { isHeld, detour }) => !isHeld && this.isCut(frame, detour),
    );
    for (const number of held.reverse()) this.hold(number);
    for (const late of this.lates.takeAll(({ frame, detour }) => this.isCut(frame, detour))) {
      if (late.isDouble) continue;
      if (late.frame.kind === 'data') this.accounting.delivered(late.frame.to, this.kernel.now);
      this.client.lost(late.frame);
    }
  }

  /** Has what stands still go on where no cut is any more. */
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
   * Changes routes. What stands still on a way that is given up sets out anew on the other, whole; where its last byte has
   * left its sender it is lost, for the channel to send again.
   */
  private reroute(change: () => void): void {
    this.client.routesChange();
    change();
    const canGo = (frame: DataFrame) => !this.isCut(frame, this.detour(frame.from, frame.to));
    const stuck = this.flights.numbersOf((frame, { isHeld }) => isHeld && canGo(frame));
    for (const number of stuck.toReversed()) this.network.drop(number);
    for (const number of stuck) {
      const { departed } = this.flights.at(number);
      const frame = this.flights.land(number);
      if (!departed) this.carryData(frame);
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
    this.bookOff(flight);
  }

  /** A flight is under way no more, or for a time. */
  private bookOff({ frame, departed }: Flight): void {
    if (!departed) this.accounting.departed(frame!.from, this.kernel.now);
    this.accounting.delivered(frame!.to, this.kernel.now);
  }

  private carryControl(frame: ControlFrame): void {
    const { from, to } = frame;
    const detour = this.detour(from, to);
    if (this.isCut(frame, detour)) {
      this.client.lost(frame);
      return;
    }
    const factor = this.latencyJitter
      ? sample(this.latencyJitter, this.controlStream(from, to))
      : 1;
    const pathNs = this.network.emptyPathNs(from, to, frameBytes(frame), factor, detour);
    this.lates.add(this.controlArrival, { frame, isDouble: false, detour }, pathNs);
  }

  private controlArrived(number: number): void {
    const { frame } = this.lates.take(number);
    if (this.wire.loses(frame.from, frame.to)) this.client.lost(frame);
    else this.client.arrived(frame);
  }

  private arrive(frame: Frame): void {
    this.accounting.delivered(frame.to, this.kernel.now);
    this.client.arrived(frame);
  }

  private holdBack(frame: DataFrame, isDouble: boolean, detour: Int32Array | null): void {
    const { from, to } = frame;
    const extraNs = this.wire.extraNs(from, to, this.pathNs(from, to, frame.parcel.bytes));
    this.lates.add(this.release, { frame, isDouble, detour }, extraNs);
  }

  private released(number: number): void {
    const { frame, isDouble } = this.lates.take(number);
    if (isDouble) this.client.arrived(frame);
    else this.arrive(frame);
  }

  /** Jitter of control frames has a stream of its own, so that they change no message's. */
  private controlStream(from: NodeId, to: NodeId): RandomStream {
    const key = from * this.nodeCount + to;
    const stream =
      this.controlStreams.get(key) ?? randomStream(this.seed, `control/${from}/${to}/jitter`);
    this.controlStreams.set(key, stream);
    return stream;
  }
}
