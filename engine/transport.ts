/**
 * Carries messages where nothing fails: numbers each transfer, hands it to the network and, when it has arrived, to
 * the receiving host. Counts what each node has sent and received. Of a message it reads the kind alone.
 */
import type { Accounting } from './accounting.ts';
import { emptyColumns } from './columns.ts';
import type { Distribution } from './distribution.ts';
import type { Kernel } from './kernel.ts';
import { LatencyJitter } from './latency-jitter.ts';
import type { Sharing } from './network/build.ts';
import { buildNetwork } from './network/build.ts';
import type { Network, NetworkClient } from './network/network.ts';
import type { Topology } from './network/topology.ts';
import type { Observers } from './observers.ts';
import { CONTROL_FIGURES, TRAFFIC_FIGURES, type LinkUses, type Traffic } from './result.ts';
import type { Carried } from './endless-work.ts';
import type { Message, NodeId } from './world.ts';
import { MESSAGE_HEADER_BYTES } from './world.ts';

/** Receives messages. */
interface Receiver {
  /** `bytes` with the header. */
  deliver(message: Message, from: NodeId, bytes: number): void;
}

/** Carries the messages of a run, whether things can fail or not. */
export interface MessageCarrier {
  /** One receiver a node; filled before the first event. */
  readonly receivers: Receiver[];
  /** What each node has sent and received. */
  readonly traffic: Traffic;
  /** Messages and bytes sent over the network so far, headers included. */
  readonly messages: number;
  readonly bytes: number;
  readonly linkCount: number;
  /** Sends a message with that payload. A message to the sender itself needs no network and is in no traffic count. */
  send(from: NodeId, to: NodeId, message: Message, payloadBytes: number): void;
  /** Use of every link so far. */
  use(): LinkUses;
  /** Nanoseconds of full use of every link so far. */
  linkBusyNs(): Float64Array;
  /** In a run that gets no further: a message in flight that would arrive after the end of modelled time, if any. */
  endless(): Carried | null;
}

export interface TransportOptions {
  readonly seed: number;
  readonly topology: Topology;
  readonly sharing: Sharing;
  /** Factor on the latency of every message. */
  readonly latencyJitter?: Distribution;
  /** Delay before messages are rerouted around a cut cable; the detector's silence if left out. */
  readonly rerouteAfterNs?: number;
}

class Transfer {
  from: NodeId = 0;
  to: NodeId = 0;
  bytes = 0;
  message: Message | null = null;
}

export class Transport implements MessageCarrier, NetworkClient {
  readonly receivers: Receiver[] = [];
  readonly traffic: Traffic;
  messages = 0;
  bytes = 0;
  readonly linkCount: number;

  private readonly transfers: Transfer[] = [];
  private readonly freeNumbers: number[] = [];
  private readonly kernel: Kernel;
  private readonly accounting: Accounting;
  private readonly observers: Observers;
  private readonly network: Network;
  private readonly jitter: LatencyJitter;
  private readonly selfDelivery: number;

  constructor(
    kernel: Kernel,
    accounting: Accounting,
    observers: Observers,
    options: TransportOptions,
  ) {
    this.kernel = kernel;
    this.accounting = accounting;
    this.observers = observers;
    this.linkCount = options.topology.linkCount;
    this.network = buildNetwork(options.sharing, kernel, options.topology, this);
    const { seed, topology, latencyJitter } = options;
    this.jitter = new LatencyJitter('channel', seed, topology.nodeCount, latencyJitter);
    this.selfDelivery = kernel.register((number) => this.delivered(number));
    this.traffic = emptyColumns(TRAFFIC_FIGURES, options.topology.nodeCount);
  }

  send(from: NodeId, to: NodeId, message: Message, payloadBytes: number): void {
    const now = this.kernel.now;
    const bytes = payloadBytes + MESSAGE_HEADER_BYTES;
    const number = this.freeNumbers.pop() ?? this.transfers.push(new Transfer()) - 1;
    const transfer = this.transfers[number];
    transfer.from = from;
    transfer.to = to;
    transfer.bytes = bytes;
    transfer.message = message;
    this.observers.messageSent(number, from, to, message, bytes, now);
    if (from === to) {
      this.kernel.schedule(now, this.selfDelivery, number, 0);
      return;
    }
    this.messages++;
    this.bytes += bytes;
    this.traffic.messagesSent[from]++;
    this.traffic.bytesSent[from] += bytes;
    const factor = this.jitter.factor(from, to);
    if (this.observers.followsPaths)
      this.observers.messageEntered(number, this.network.emptyPathNs(from, to, bytes, factor));
    const departsNs = this.network.send(number, from, to, bytes, factor);
    this.accounting.sent(from, to, now, departsNs);
  }

  departed(number: number): void {
    this.accounting.departed(this.transfers[number].from, this.kernel.now);
  }

  delivered(number: number): void {
    const transfer = this.transfers[number];
    const { from, to, bytes } = transfer;
    const message = transfer.message!;
    transfer.message = null;
    this.freeNumbers.push(number);
    const now = this.kernel.now;
    this.kernel.fold(bytes, from, to);
    if (from !== to) {
      this.traffic.messagesReceived[to]++;
      this.traffic.bytesReceived[to] += bytes;
      this.accounting.delivered(to, now);
    }
    this.observers.messageDelivered(number, from, to, message, now);
    this.receivers[to].deliver(message, from, bytes);
  }

  use(): LinkUses {
    return { ...this.network.loads(), ...emptyColumns(CONTROL_FIGURES, this.linkCount) };
  }

  linkBusyNs(): Float64Array {
    const busyNs = new Float64Array(this.linkCount);
    this.network.busyNs(busyNs);
    return busyNs;
  }

  endless(): Carried | null {
    return this.transfers.find(({ message }) => message !== null) ?? null;
  }
}
