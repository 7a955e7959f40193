/**
 * The connections of one node to the others, each joined to a port of the node's thread: what comes by the one goes out
 * by the other, in order. A connection of an incarnation that this node has not heard of yet waits until it has, and one
 * of an incarnation that is over is closed. It does not know what the connections run over.
 */
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { NodeId } from '../../../engine/world.ts';
import { giveAway } from '../give-away.ts';
import type { Envelope } from '../mail.ts';
import { envelopeFrame, readEnvelope } from '../wire/envelope-frames.ts';
import type { FramedSocket } from './framed-socket.ts';
import type { Caller, Transport } from './transport.ts';

/** What the owner of the connections is told. */
export interface ConnectionsClient {
  /** Gives the node's thread its end of a connection that a peer has made. */
  introduce(peer: NodeId, port: MessagePort): void;
  /** A connection has ended that nobody here has ended. */
  cut(peer: Caller, why: string): void;
  /** Somebody who called was sent away. */
  refused(caller: Caller, why: string): void;
}

export class Connections {
  private readonly self: NodeId;
  private readonly transport: Transport;
  private readonly incarnations: number[];
  private readonly client: ConnectionsClient;
  private readonly open = new Set<FramedSocket>();
  /** Who has called so far: each does so once. */
  private readonly known = new Set<string>();
  private early: { readonly socket: FramedSocket; readonly caller: Caller }[] = [];

  /** @param incarnations the known one of each node; its own is this one */
  constructor(
    self: NodeId,
    incarnations: readonly number[],
    transport: Transport,
    client: ConnectionsClient,
  ) {
    this.self = self;
    this.transport = transport;
    this.incarnations = [...incarnations];
    this.client = client;
  }

  /** Resolves when others can connect. */
  async listen(): Promise<void> {
    await this.transport.listen((socket, caller) => this.called(socket, caller));
  }

  /** Connects a port of the node's thread with that incarnation of a peer. */
  connect(peer: NodeId, incarnation: number, port: MessagePort): void {
    const socket = this.transport.connect(peer, incarnation);
    this.keep(socket);
    this.join(socket, { peer, incarnation }, port);
  }

  /** The peer is in that incarnation now. */
  renew(peer: NodeId, incarnation: number): void {
    this.incarnations[peer] = incarnation;
    const callers = this.early;
    this.early = [];
    for (const { socket, caller } of callers) this.admit(socket, caller);
  }

  /** Ends all of them: the node is gone. */
  close(): void {
    this.transport.close();
    for (const socket of this.open) socket.drop('the node has ended');
  }

  private called(socket: FramedSocket, caller: Caller): void {
    const { peer, incarnation } = caller;
    const name = `incarnation ${incarnation} of node ${peer}`;
    if (!(peer in this.incarnations) || peer === this.self)
      return this.refuse(socket, caller, `there is no peer ${peer}`);
    if (this.known.has(name)) return this.refuse(socket, caller, `${name} has called before`);
    this.known.add(name);
    this.keep(socket);
    this.admit(socket, caller);
  }

  private admit(socket: FramedSocket, caller: Caller): void {
    const { peer, incarnation } = caller;
    const present = this.incarnations[peer];
    if (incarnation < present)
      return this.refuse(socket, caller, `incarnation ${incarnation} of node ${peer} is over`);
    if (incarnation > present) {
      socket.pause();
      this.early.push({ socket, caller });
      return;
    }
    const { port1, port2 } = new MessageChannel();
    this.join(socket, caller, port1);
    this.client.introduce(peer, port2);
    socket.resume();
  }

  private refuse(socket: FramedSocket, caller: Caller, why: string): void {
    socket.drop(why);
    this.client.refused(caller, why);
  }

  /** What the thread sends goes out by the socket; when one of the two closes, so does the other. */
  private join(socket: FramedSocket, caller: Caller, port: MessagePort): void {
    socket.onFrame((content) => {
      const parcel = giveAway(readEnvelope(content, caller.peer));
      port.postMessage(parcel.content, parcel.buffers);
    });
    port.on('message', (envelope: Envelope) => socket.write(envelopeFrame(envelope)));
    let isEndedHere = false;
    port.on('close', () => {
      isEndedHere = true;
      socket.end();
    });
    socket.onClose((why) => {
      port.close();
      if (!isEndedHere) this.client.cut(caller, why);
    });
  }

  private keep(socket: FramedSocket): void {
    this.open.add(socket);
    socket.onClose(() => this.open.delete(socket));
  }
}
