/**
 * Mail over ports between threads, each made when first used; the main thread only introduces the two. A node sends
 * to another over one port for as long as both incarnations last. By the same port a peer says, now and then, how many
 * bytes it has drained: more than a window of them are never under way.
 */
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import type { NodeId } from '../../../engine/world.ts';
import { giveAway } from '../give-away.ts';
import { type Envelope, type Mail, sizeOf, WINDOW_BYTES } from '../mail.ts';

/** Passes one end of a new connection to the peer. `incarnation` is that of the peer, as far as the sender knows. */
type Introduce = (peer: NodeId, incarnation: number, port: MessagePort) => void;

/** What goes over a port: a message, or how many bytes of messages the other side has drained since it last said so. */
export type Carried = Envelope | number;

/** So many bytes are drained before the sender is told. */
const TELLING_BYTES = WINDOW_BYTES / 4;

/** A port that may bring messages. */
interface Way {
  readonly peer: NodeId;
  readonly port: MessagePort;
  /** Sent, and not known to be drained. */
  underWayBytes: number;
  /** Drained, and not told of. */
  drainedBytes: number;
  isExcused: boolean;
}

export class PortMail implements Mail {
  private readonly introduce: Introduce;
  private ways: Way[] = [];
  /** The one port this node uses to send to each peer. */
  private readonly outward = new Map<NodeId, Way>();
  /** Those with more than a window under way, to peers that are not excused. */
  private readonly full = new Set<Way>();
  /** The known incarnation of each node. */
  private readonly incarnations: number[];
  /** Arrived by an event, and not drained yet. */
  private waiting: Envelope[] = [];
  private arrived: () => void = () => {};

  constructor(incarnations: readonly number[], introduce: Introduce) {
    this.incarnations = [...incarnations];
    this.introduce = introduce;
  }

  get isFull(): boolean {
    return this.full.size > 0;
  }

  listen(arrived: () => void): void {
    this.arrived = arrived;
  }

  /** The message's arrays are empty afterwards. */
  send(to: NodeId, envelope: Envelope): void {
    const way = this.wayTo(to);
    way.underWayBytes += sizeOf(envelope);
    this.weigh(way);
    const parcel = giveAway(envelope);
    way.port.postMessage(parcel.content, parcel.buffers);
  }

  drain(into: Envelope[]): void {
    into.push(...this.waiting);
    this.waiting = [];
    for (const way of this.ways)
      for (let got = receiveMessageOnPort(way.port); got; got = receiveMessageOnPort(way.port))
        this.take(way, got.message as Carried, into);
  }

  excuse(peer: NodeId): void {
    const way = this.outward.get(peer);
    if (way === undefined) return;
    way.isExcused = true;
    this.weigh(way);
  }

  renew(peer: NodeId, incarnation: number): void {
    this.incarnations[peer] = incarnation;
    this.outward.delete(peer);
    for (const way of this.ways.filter((one) => one.peer === peer)) {
      way.port.close();
      this.full.delete(way);
    }
    this.ways = this.ways.filter((way) => way.peer !== peer);
    this.waiting = this.waiting.filter(({ from }) => from !== peer);
  }

  /** When two nodes connect to each other at the same moment there are two ports; each keeps sending over its own. */
  connect(peer: NodeId, port: MessagePort): Way {
    const way = { peer, port, underWayBytes: 0, drainedBytes: 0, isExcused: false };
    this.ways.push(way);
    if (!this.outward.has(peer)) this.outward.set(peer, way);
    port.on('message', (carried: Carried) => {
      this.take(way, carried, this.waiting);
      this.arrived();
    });
    // Nobody drains any more what is sent there.
    port.on('close', () => {
      way.underWayBytes = -Infinity;
      if (this.full.delete(way)) this.arrived();
    });
    return way;
  }

  private take(way: Way, carried: Carried, into: Envelope[]): void {
    if (typeof carried === 'number') {
      way.underWayBytes -= carried;
      way.isExcused = false;
      return this.weigh(way);
    }
    into.push(carried);
    way.drainedBytes += sizeOf(carried);
    if (way.drainedBytes < TELLING_BYTES) return;
    way.port.postMessage(way.drainedBytes satisfies Carried);
    way.drainedBytes = 0;
  }

  private weigh(way: Way): void {
    if (way.underWayBytes > WINDOW_BYTES && !way.isExcused) this.full.add(way);
    else this.full.delete(way);
  }

  private wayTo(to: NodeId): Way {
    const known = this.outward.get(to);
    if (known !== undefined) return known;
    const { port1, port2 } = new MessageChannel();
    const way = this.connect(to, port1);
    this.introduce(to, this.incarnations[to], port2);
    return way;
  }
}
