/**
 * The links of one node to the others, each joined to a port of the node's thread: what comes by the one goes out by
 * the other, in order. A call of an incarnation that this node has not heard of yet waits until it has, and one of an
 * incarnation that is over is refused. It does not know what the connections run over.
 */
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { NodeId } from '../../../engine/world.ts';
import { WireError } from '../wire/codec.ts';
import { linkFrame, type LinkMessage, readLinkFrame } from '../wire/link-frames.ts';
import type { FramedSocket } from './framed-socket.ts';
import { Link } from './link.ts';
import type { Caller, Transport } from './transport.ts';

/** How long a caller may take to say whether it has called before. */
const GREETING_MS = 5000;

/** What the owner of the connections is told. */
export interface ConnectionsClient {
  /** Gives the node's thread its end of a link that a peer has made. */
  introduce(peer: NodeId, port: MessagePort): void;
  /** A link has ended that nobody here has ended. */
  cut(peer: Caller, why: string): void;
  /** Somebody who called was sent away. */
  refused(caller: Caller, why: string): void;
}

/** A call: who it is from, and what was said first. */
interface Call {
  readonly socket: FramedSocket;
  readonly caller: Caller;
  readonly here: LinkMessage & { kind: 'here' };
}

export class Connections {
  private readonly self: NodeId;
  private readonly transport: Transport;
  private readonly incarnations: number[];
  private readonly client: ConnectionsClient;
  private readonly links = new Set<Link>();
  /** The links of those who have called so far, by their names. */
  private readonly callers = new Map<string, Link>();
  /** Callers that have not said yet whether they have called before. */
  private readonly visitors = new Set<FramedSocket>();
  private early: Call[] = [];

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
    await this.transport.listen((socket, caller) => this.visited(socket, caller));
  }

  /** Connects a port of the node's thread with that incarnation of a peer. */
  connect(peer: NodeId, incarnation: number, port: MessagePort): void {
    this.join({ peer, incarnation }, port, () => this.transport.connect(peer, incarnation));
  }

  /** The peer is in that incarnation now. */
  renew(peer: NodeId, incarnation: number): void {
    this.incarnations[peer] = incarnation;
    const calls = this.early;
    this.early = [];
    for (const call of calls) this.called(call);
  }

  /** Ends all of them: the node is gone. */
  close(): void {
    const why = 'the node has ended';
    this.transport.close();
    for (const socket of this.visitors) socket.drop(why);
    for (const link of this.links) link.end(why);
    for (const { socket } of this.early) socket.drop(why);
  }

  /** Somebody has called, and says next whether it has done so before. */
  private visited(socket: FramedSocket, caller: Caller): void {
    const late = setTimeout(() => socket.drop('it does not say whether it is new'), GREETING_MS);
    const leave = (): void => {
      clearTimeout(late);
      this.visitors.delete(socket);
    };
    this.visitors.add(socket);
    socket.onClose(leave);
    socket.onFrame((content) => {
      leave();
      const here = readLinkFrame(content, caller.peer);
      if (here.kind !== 'here') throw new WireError('it does not say first that it is here');
      this.called({ socket, caller, here });
    });
  }

  private called(call: Call): void {
    const { caller, here, socket } = call;
    const { peer, incarnation } = caller;
    if (!(peer in this.incarnations) || peer === this.self)
      return this.refuse(call, `there is no peer ${peer}`);
    const before = this.callers.get(nameOf(caller));
    if (before === undefined) this.admit(call);
    else if (here.isFirst)
      this.refuse(call, `incarnation ${incarnation} of node ${peer} has called before`);
    else before.called(socket, here);
  }

  private admit(call: Call): void {
    const { socket, caller, here } = call;
    const { peer, incarnation } = caller;
    const present = this.incarnations[peer];
    if (incarnation < present)
      return this.refuse(call, `incarnation ${incarnation} of node ${peer} is over`);
    if (incarnation > present) {
      socket.pause();
      this.early.push(call);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    const link = this.join(caller, port1, null);
    this.callers.set(nameOf(caller), link);
    link.called(socket, here);
    this.client.introduce(peer, port2);
    socket.resume();
  }

  private refuse({ socket, caller }: Call, why: string): void {
    socket.write(linkFrame({ kind: 'over', why }));
    socket.end();
    this.client.refused(caller, why);
  }

  private join(caller: Caller, port: MessagePort, call: (() => FramedSocket) | null): Link {
    const { peer } = caller;
    const lost = (why: string): void => this.client.cut(caller, why);
    const link = new Link({ peer, port, call, lost });
    this.links.add(link);
    port.on('close', () => this.links.delete(link));
    return link;
  }
}

function nameOf({ peer, incarnation }: Caller): string {
  return `incarnation ${incarnation} of node ${peer}`;
}
