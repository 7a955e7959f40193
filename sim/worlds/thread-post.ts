/**
 * The post of one thread: ways to other threads, made when first used, and what has come in over them. Messages
 * go from thread to thread directly; only the port of a new way passes through the main thread. Between two
 * nodes messages keep their order: a node sends to another over one port for as long as both live. Knows nothing of
 * nodes' logic.
 */
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import type { NodeId } from '../../engine/world.ts';
import { giveAway } from './give-away.ts';
import type { Envelope, FromThread, ToThread } from './thread-messages.ts';

/** What the main thread says that is not the post's business alone. */
export type Control = Exclude<ToThread, { kind: 'connect' }>;

export interface PostClient {
  /** Something came in: `drain` has it now. Called by the event loop only. */
  arrived(): void;
  control(message: Control): void;
}

export class ThreadPost {
  private readonly self: NodeId;
  private readonly main: MessagePort;
  private readonly client: PostClient;
  /** Every port that may bring messages, and from whom. */
  private ports: { readonly peer: NodeId; readonly port: MessagePort }[] = [];
  /** The one port this node uses to send to each peer. */
  private readonly outward = new Map<NodeId, MessagePort>();
  /** Which life of each node is known to be on. */
  private readonly lives: number[];
  /** Came in by an event, or from the node itself, and not drained yet. */
  private waiting: Envelope[] = [];

  constructor(self: NodeId, lives: readonly number[], main: MessagePort, client: PostClient) {
    this.self = self;
    this.lives = [...lives];
    this.main = main;
    this.client = client;
    main.on('message', (message: ToThread) => this.heard(message));
  }

  /** Gives the envelope away: the arrays of its message are empty afterwards, unless it goes to this very node. */
  send(to: NodeId, envelope: Envelope): void {
    if (to === this.self) {
      this.waiting.push(envelope);
      return;
    }
    const parcel = giveAway(envelope);
    this.wayTo(to).postMessage(parcel.content, parcel.buffers);
  }

  tellMain(message: FromThread, transfer: MessagePort[] = []): void {
    this.main.postMessage(message, transfer);
  }

  /** Hears all that the main thread has said so far. */
  hearMain(): void {
    for (let got = receiveMessageOnPort(this.main); got; got = receiveMessageOnPort(this.main))
      this.heard(got.message as ToThread);
  }

  /** Appends all that has arrived so far, oldest sending first, and never waits. */
  drain(into: Envelope[]): void {
    this.hearMain();
    const arrived = this.waiting;
    this.waiting = [];
    for (const { port } of this.ports)
      for (let got = receiveMessageOnPort(port); got; got = receiveMessageOnPort(port))
        arrived.push(got.message as Envelope);
    if (arrived.length > 1) arrived.sort((a, b) => a.sentNs - b.sentNs);
    for (const envelope of arrived) into.push(envelope);
  }

  private heard(message: ToThread): void {
    if (message.kind === 'connect') this.connect(message.peer, message.port);
    else {
      if (message.kind === 'returned') this.forget(message.peer, message.life);
      this.client.control(message);
    }
  }

  private wayTo(peer: NodeId): MessagePort {
    const known = this.outward.get(peer);
    if (known !== undefined) return known;
    const { port1, port2 } = new MessageChannel();
    this.connect(peer, port1);
    this.tellMain({ kind: 'connect', peer, life: this.lives[peer], port: port2 }, [port2]);
    return port1;
  }

  /** The peer is in another life: what the one before has sent and nobody has drained is lost. */
  private forget(peer: NodeId, life: number): void {
    this.lives[peer] = life;
    this.outward.delete(peer);
    for (const { port } of this.ports.filter((way) => way.peer === peer)) port.close();
    this.ports = this.ports.filter((way) => way.peer !== peer);
    this.waiting = this.waiting.filter(({ from }) => from !== peer);
  }

  /** When two nodes make a way to each other at the same moment there are two; each keeps sending over its own. */
  private connect(peer: NodeId, port: MessagePort): void {
    this.ports.push({ peer, port });
    if (!this.outward.has(peer)) this.outward.set(peer, port);
    port.on('message', (envelope: Envelope) => {
      this.waiting.push(envelope);
      this.client.arrived();
    });
  }
}
