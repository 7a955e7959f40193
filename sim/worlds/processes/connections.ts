/**
 * The sockets of one node to the others, each joined to a port of the node's thread: what comes by the one goes out by
 * the other, in order. Whoever connects says which incarnation of which node it is; a connection of an incarnation that
 * this node has not heard of yet waits until it has, and one of an incarnation that is over is closed.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { NodeId } from '../../../engine/world.ts';
import { giveAway } from '../give-away.ts';
import type { Envelope } from '../mail.ts';
import { WireError, WireReader, WireWriter } from '../wire/codec.ts';
import { envelopeFrame, readEnvelope } from '../wire/envelope-frames.ts';
import { frameHead, FrameReader } from '../wire/frames.ts';
import { socketPath } from './run-folder.ts';

/** The longest message between nodes. */
const LONGEST_BYTES = 2 ** 30;

/** Gives the node's thread its end of a connection that a peer has made. */
type Introduce = (peer: NodeId, port: MessagePort) => void;

interface Caller {
  readonly peer: NodeId;
  readonly incarnation: number;
  accept(): void;
  refuse(): void;
}

export class Connections {
  private readonly self: NodeId;
  private readonly folder: string;
  private readonly incarnations: number[];
  private readonly introduce: Introduce;
  private readonly server: Server;
  private early: Caller[] = [];

  /** @param incarnations the known one of each node; its own is this one */
  constructor(self: NodeId, incarnations: readonly number[], folder: string, introduce: Introduce) {
    this.self = self;
    this.folder = folder;
    this.incarnations = [...incarnations];
    this.introduce = introduce;
    this.server = createServer((socket) => this.called(socket));
  }

  /** Resolves when others can connect. */
  async listen(): Promise<void> {
    // It keeps no process alive: whoever runs the node does.
    this.server.unref();
    this.server.listen(socketPath(this.folder, this.self, this.incarnations[this.self]));
    await once(this.server, 'listening');
  }

  /** Connects a port of the node's thread with that incarnation of a peer. */
  connect(peer: NodeId, incarnation: number, port: MessagePort): void {
    const socket = connect(socketPath(this.folder, peer, incarnation));
    const { pieces, length } = new WireWriter()
      .integer32(this.self)
      .integer32(this.incarnations[this.self])
      .pieces();
    for (const piece of [frameHead(length), ...pieces]) socket.write(piece);
    const reader = new FrameReader(LONGEST_BYTES, this.outOf(port, peer));
    socket.on('data', (chunk: Buffer) => guarded(socket, () => reader.read(chunk)));
    join(socket, port);
  }

  /** The peer is in that incarnation now. */
  renew(peer: NodeId, incarnation: number): void {
    this.incarnations[peer] = incarnation;
    const callers = this.early;
    this.early = [];
    for (const caller of callers) this.admit(caller);
  }

  private called(socket: Socket): void {
    let port: MessagePort | null = null;
    let deliver: ((content: Uint8Array) => void) | null = null;
    const waiting: Uint8Array[] = [];
    const hello = (content: Uint8Array): void => {
      const reader = new WireReader(content);
      const [peer, incarnation] = [reader.integer32(), reader.integer32()];
      reader.end();
      if (!(peer in this.incarnations) || peer === this.self)
        throw new WireError(`there is no peer ${peer}`);
      const accept = (): void => {
        const { port1, port2 } = new MessageChannel();
        port = port1;
        join(socket, port1);
        this.introduce(peer, port2);
        deliver = this.outOf(port1, peer);
        for (const early of waiting) deliver(early);
      };
      this.admit({ peer, incarnation, accept, refuse: () => socket.destroy() });
    };
    let isKnown = false;
    const reader = new FrameReader(LONGEST_BYTES, (content) => {
      if (!isKnown) {
        isKnown = true;
        hello(content);
      } else if (deliver === null) waiting.push(content);
      else deliver(content);
    });
    socket.on('data', (chunk: Buffer) => guarded(socket, () => reader.read(chunk)));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => port?.close());
  }

  private admit(caller: Caller): void {
    const known = this.incarnations[caller.peer];
    if (caller.incarnation > known) this.early.push(caller);
    else if (caller.incarnation === known) caller.accept();
    else caller.refuse();
  }

  private outOf(port: MessagePort, peer: NodeId): (content: Uint8Array) => void {
    return (content) => {
      const parcel = giveAway(readEnvelope(content, peer));
      port.postMessage(parcel.content, parcel.buffers);
    };
  }
}

/** What the thread sends goes out by the socket; when one of the two closes, so does the other. */
function join(socket: Socket, port: MessagePort): void {
  socket.setNoDelay(true);
  port.on('message', (envelope: Envelope) => {
    socket.cork();
    for (const piece of envelopeFrame(envelope)) socket.write(piece);
    socket.uncork();
  });
  port.on('close', () => socket.destroySoon());
  socket.on('error', () => socket.destroy());
  socket.on('close', () => port.close());
}

/** Bytes that are no frame of ours end the connection: what is lost with it is lost as with a crash. */
function guarded(socket: Socket, read: () => void): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    socket.destroy();
  }
}
