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
import { type Kernel, NEVER } from '../kernel.ts';
import { buildNetwork } from '../network/build.ts';
import type { Network, NetworkClient } from '../network/network.ts';
import { randomStream } from '../random.ts';
import type { TransportOptions } from '../transport.ts';
import type { NodeId, RandomStream } from '../world.ts';
import type { WireEffect } from './fault-rule.ts';
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
}

/** A data frame in the network. */
interface Flight {
  frame: DataFrame | null;
  /** In order of sending. */
  order: number;
  departed: boolean;
  /** Standing still in a cut: as far as the books go nothing is under way. */
  isHeld: boolean;
}

/** A frame that waits for an event of its own; a double is in nobody's books. */
interface Late {
  frame: Frame | null;
  isDouble: boolean;
  event: number;
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
  private readonly flights: Flight[] = [];
  private readonly freeFlights: number[] = [];
  private readonly lates: Late[] = [];
  private readonly freeLates: number[] = [];
  private readonly controlStreams = new Map<number, RandomStream>();
  private readonly controlArrival: number;
  private readonly release: number;
  private order = 0;

  constructor(
    kernel: Kernel,
    accounting: Accounting,
    options: TransportOptions,
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
    this.controlArrival = kernel.register((number) => this.controlArrived(number));
    this.release = kernel.register((number) => this.released(number));
  }

  carry(frame: Frame): void {
    if (frame.kind === 'data') this.carryData(frame);
    else this.carryControl(frame);
  }

  /** Takes the data frames of that sender, or of it to that target, out of the network that have not left it yet. */
  kill(from: NodeId, to: NodeId | null): void {
    const doomed = this.flightsOf(
      ({ frame, departed }) =>
        frame?.from === from && (to === null || frame.to === to) && !departed,
    );
    for (const number of doomed.reverse()) {
      if (!this.network.kill(number)) continue;
      if (!this.flights[number].isHeld) this.bookOff(this.flights[number]);
      this.client.lost(this.land(number));
    }
  }

  begin(id: number, effect: WireEffect): void {
    if (effect.kind === 'degrade') this.degrade.begin(id, effect);
    else this.wire.begin(id, effect);
    if (effect.kind === 'cut' || effect.kind === 'partition') this.cut();
  }

  /** Whether a frame has felt the effect; of one on bandwidth and latency alone that is not known, and taken for true. */
  isFelt(id: number, effect: WireEffect): boolean {
    return effect.kind === 'degrade' || this.wire.isFelt(id);
  }

  end(id: number): void {
    this.degrade.end(id);
    this.wire.end(id);
    this.mend();
  }

  /** See `Wire`. */
  get tries(): number {
    return this.wire.tries;
  }

  /** True if it is known when each control frame from one to the other arrives, as long as no fault begins or ends. */
  isClear(from: NodeId, to: NodeId): boolean {
    return this.latencyJitter === null && this.wire.isClear(from, to);
  }

  /** Has a control frame arrive at that time that has been on its way for a while. */
  carryOn(frame: ControlFrame, arrivalNs: number): void {
    this.postpone(this.controlArrival, frame, arrivalNs - this.kernel.now, false);
  }

  /** Nanoseconds of that many bytes on an empty path as it is now, without jitter. */
  pathNs(from: NodeId, to: NodeId, bytes: number): number {
    return this.network.emptyPathNs(from, to, bytes, 1);
  }

  departed(number: number): void {
    const flight = this.flights[number];
    flight.departed = true;
    if (!flight.isHeld) this.accounting.departed(flight.frame!.from, this.kernel.now);
  }

  delivered(number: number): void {
    const frame = this.land(number);
    const { from, to } = frame;
    this.client.gone(frame);
    if (this.wire.loses(from, to)) {
      this.accounting.delivered(to, this.kernel.now);
      this.client.lost(frame);
      return;
    }
    if (this.wire.doubles(from, to)) this.holdBack(frame, true);
    if (this.wire.holdsBack(from, to)) this.holdBack(frame, false);
    else this.arrive(frame);
  }

  private carryData(frame: DataFrame): void {
    const { from, to } = frame;
    const number = this.freeFlights.pop() ?? this.flights.length;
    this.flights[number] = { frame, order: this.order++, departed: false, isHeld: false };
    this.accounting.sent(from, to, this.kernel.now);
    const factor = this.latencyJitter
      ? this.channels.latencyFactor(from, to, this.latencyJitter)
      : 1;
    this.network.send(number, from, to, frame.parcel.bytes, factor);
    if (this.wire.isCut(from, to)) this.hold(number);
  }

  /** Has all that is under way stand still where a cut is, or lost: no part of it passes. */
  private cut(): void {
    const isCut = (frame: Frame | null) => frame !== null && this.wire.isCut(frame.from, frame.to);
    const held = this.flightsOf(({ frame, isHeld }) => !isHeld && isCut(frame));
    for (const number of held.reverse()) this.hold(number);
    this.lates.forEach(({ frame, event }, number) => {
      if (!isCut(frame)) return;
      this.kernel.cancel(event);
      const late = this.takeLate(number);
      if (late.isDouble) return;
      if (late.frame.kind === 'data') this.accounting.delivered(late.frame.to, this.kernel.now);
      this.client.lost(late.frame);
    });
  }

  /** Has what stands still go on where no cut is any more. */
  private mend(): void {
    const isFree = ({ from, to }: DataFrame) => !this.wire.isCut(from, to);
    for (const number of this.flightsOf(({ frame, isHeld }) => isHeld && isFree(frame!))) {
      const flight = this.flights[number];
      const { from, to } = flight.frame!;
      flight.isHeld = false;
      this.accounting.sent(from, to, this.kernel.now);
      if (flight.departed) this.accounting.departed(from, this.kernel.now);
      this.network.goOn(number);
    }
  }

  private hold(number: number): void {
    if (!this.network.hold(number)) return;
    const flight = this.flights[number];
    flight.isHeld = true;
    this.bookOff(flight);
  }

  /** A flight is under way no more, or for a time. */
  private bookOff({ frame, departed }: Flight): void {
    if (!departed) this.accounting.departed(frame!.from, this.kernel.now);
    this.accounting.delivered(frame!.to, this.kernel.now);
  }

  /** The numbers of those flights, in order of sending. */
  private flightsOf(isMeant: (flight: Flight) => boolean): number[] {
    const numbers = this.flights.flatMap((flight, number) => (isMeant(flight) ? [number] : []));
    return numbers.sort((one, other) => this.flights[one].order - this.flights[other].order);
  }

  private carryControl(frame: ControlFrame): void {
    const { from, to } = frame;
    if (this.wire.isCut(from, to)) {
      this.client.lost(frame);
      return;
    }
    const factor = this.latencyJitter
      ? sample(this.latencyJitter, this.controlStream(from, to))
      : 1;
    const pathNs = this.network.emptyPathNs(from, to, frameBytes(frame), factor);
    this.postpone(this.controlArrival, frame, pathNs, false);
  }

  private controlArrived(number: number): void {
    const { frame } = this.takeLate(number);
    if (this.wire.loses(frame.from, frame.to)) this.client.lost(frame);
    else this.client.arrived(frame);
  }

  /** Empties a flight's place; its number may be used again. */
  private land(number: number): DataFrame {
    const flight = this.flights[number];
    const frame = flight.frame!;
    flight.frame = null;
    flight.isHeld = false;
    this.freeFlights.push(number);
    return frame;
  }

  private arrive(frame: Frame): void {
    this.accounting.delivered(frame.to, this.kernel.now);
    this.client.arrived(frame);
  }

  private holdBack(frame: DataFrame, isDouble: boolean): void {
    const { from, to } = frame;
    const extraNs = this.wire.extraNs(from, to, this.pathNs(from, to, frame.parcel.bytes));
    this.postpone(this.release, frame, extraNs, isDouble);
  }

  private released(number: number): void {
    const { frame, isDouble } = this.takeLate(number);
    if (isDouble) this.client.arrived(frame);
    else this.arrive(frame);
  }

  private postpone(kind: number, frame: Frame, ns: number, isDouble: boolean): void {
    const number = this.freeLates.pop() ?? this.lates.length;
    const event = this.kernel.schedule(this.kernel.now + ns, kind, number, 0);
    this.lates[number] = { frame, isDouble, event };
    if (event === NEVER) this.takeLate(number);
  }

  private takeLate(number: number): { frame: Frame; isDouble: boolean } {
    const late = this.lates[number];
    const taken = { frame: late.frame!, isDouble: late.isDouble };
    late.frame = null;
    this.freeLates.push(number);
    return taken;
  }

  /** Jitter of control frames has a stream of its own, so that they change no message's. */
  private controlStream(from: NodeId, to: NodeId): RandomStream {
    const key = from * this.nodeCount + to;
    let stream = this.controlStreams.get(key);
    if (!stream) {
      stream = randomStream(this.seed, `control/${from}/${to}/jitter`);
      this.controlStreams.set(key, stream);
    }
    return stream;
  }
}
