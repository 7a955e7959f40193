/** UNIX sockets between the processes of one machine: one for each incarnation of a node, in the folder of the run. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { relative } from 'node:path';
import type { NodeId } from '../../../engine/world.ts';
import { FramedSocket } from '../stations/framed-socket.ts';
import { type Caller, LONGEST_BYTES, type Transport } from '../stations/transport.ts';
import { WireWriter } from '../wire/codec.ts';
import { frameOf } from '../wire/frames.ts';
import { socketPath } from './run-folder.ts';

export class UnixTransport implements Transport {
  private readonly folder: string;
  private readonly self: NodeId;
  private readonly incarnation: number;
  private server: Server | null = null;

  constructor(folder: string, self: NodeId, incarnation: number) {
    this.folder = folder;
    this.self = self;
    this.incarnation = incarnation;
  }

  async listen(called: (socket: FramedSocket, caller: Caller) => void): Promise<void> {
    const server = createServer((socket) => greeted(socket, called));
    this.server = server;
    // It keeps no process alive: whoever runs the node does.
    server.unref();
    // In this process: by default the one that started it would listen, from another folder.
    server.listen({ path: this.pathOf(this.self, this.incarnation), exclusive: true });
    await once(server, 'listening');
  }

  connect(peer: NodeId, incarnation: number): FramedSocket {
    const socket = new FramedSocket(connect(this.pathOf(peer, incarnation)), LONGEST_BYTES);
    socket.write(frameOf(new WireWriter().integer32(this.self).integer32(this.incarnation)));
    return socket;
  }

  close(): void {
    this.server?.close();
  }

  /** The system takes about a hundred bytes: a path from the working folder may be the shorter one. */
  private pathOf(node: NodeId, incarnation: number): string {
    const path = socketPath(this.folder, node, incarnation);
    const near = relative(process.cwd(), path);
    return near.length < path.length ? near : path;
  }
}

/** The first frame says who calls. */
function greeted(socket: Socket, called: (socket: FramedSocket, caller: Caller) => void): void {
  const framed = new FramedSocket(socket, LONGEST_BYTES);
  framed.onFrame((reader) => {
    const caller = { peer: reader.integer32(), incarnation: reader.integer32() };
    reader.end();
    called(framed, caller);
  });
}
