/**
 * Mail over ports between threads, each made when first used; the main thread only introduces the two. A node sends
 * to another over one port for as long as both incarnations last.
 */
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import type { NodeId } from '../../../engine/world.ts';
import { giveAway } from '../give-away.ts';
import type { Envelope, Mail } from '../mail.ts';

/** Passes one end of a new connection to the peer. `incarnation` is that of the peer, as far as the sender knows. */
type Introduce = (peer: NodeId, incarnation: number, port: MessagePort) => void;

export class PortMail implements Mail {
  private readonly introduce: Introduce;
  /** Every port that may bring messages, and its peer. */
  private ports: { readonly peer: NodeId; readonly port: MessagePort }[] = [];
  /** The one port this node uses to send to each peer. */
  private readonly outward = new Map<NodeId, MessagePort>();
  /** The known incarnation of each node. */
  private readonly incarnations: number[];
  /** Arrived by an event, and not drained yet. */
  private waiting: Envelope[] = [];
  private arrived: () => void = () => {};

  constructor(incarnations: readonly number[], introduce: Introduce) {
    this.incarnations = [...incarnations];
    this.introduce = introduce;
  }

  listen(arrived: () => void): void {
    this.arrived = arrived;
  }

  /** The message's arrays are empty afterwards. */
  send(to: NodeId, envelope: Envelope): void {
    const parcel = giveAway(envelope);
    this.connectionTo(to).postMessage(parcel.content, parcel.buffers);
  }

  drain(into: Envelope[]): void {
    into.push(...this.waiting);
    this.waiting = [];
    for (const { port } of this.ports)
      for (let got = receiveMessageOnPort(port); got; got = receiveMessageOnPort(port))
        into.push(got.message as Envelope);
  }

  renew(peer: NodeId, incarnation: number): void {
    this.incarnations[peer] = incarnation;
    this.outward.delete(peer);
    for (const { port } of this.ports.filter((way) => way.peer === peer)) port.close();
    this.ports = this.ports.filter((way) => way.peer !== peer);
    this.waiting = this.waiting.filter(({ from }) => from !== peer);
  }

  /** When two nodes connect to each other at the same moment there are two ports; each keeps sending over its own. */
  connect(peer: NodeId, port: MessagePort): void {
    this.ports.push({ peer, port });
    if (!this.outward.has(peer)) this.outward.set(peer, port);
    port.on('message', (envelope: Envelope) => {
      this.waiting.push(envelope);
      this.arrived();
    });
  }

  private connectionTo(peer: NodeId): MessagePort {
    const known = this.outward.get(peer);
    if (known !== undefined) return known;
    const { port1, port2 } = new MessageChannel();
    this.connect(peer, port1);
    this.introduce(peer, this.incarnations[peer], port2);
    return port1;
  }
}
