/**
 * A machine that runs nodes for others: it listens at one address, for whoever conducts a run and for nodes of other
 * hosts. Nobody gets further than the handshake without the key of the cluster, and nobody further than the hello with
 * another version of the program or for another run. It runs one run at a time.
 */
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { plainLine } from '../../plain-text.ts';
import { FramedSocket } from '../stations/framed-socket.ts';
import { linkFrame } from '../wire/link-frames.ts';
import { type Address, addressText } from './addresses.ts';
import { controlFrame } from './control-messages.ts';
import { GuestRun } from './guest-run.ts';
import { type Hello, HELLO_BYTES, HELLO_MS, readHello, versionOf } from './hello.ts';
import { type Keys, memberOptions } from './keys.ts';
import { whyNot } from './members.ts';

/** More are turned away before they cost anything. */
const MOST_CONNECTIONS = 1000;

/** Somebody who has called, until it is known what for. */
interface Visit {
  readonly name: string;
  readonly socket: FramedSocket;
  isIn?: boolean;
  /** Why it is sent away. */
  why: string | null;
}

interface HostOptions {
  readonly keys: Keys;
  /** Of the thread of a node, bundled. */
  readonly code: string;
  /** Writes one line. */
  readonly log: (line: string) => void;
}

export class HostServer {
  private readonly options: HostOptions;
  private readonly version: string;
  private readonly server: Server;
  private readonly sockets = new Set<FramedSocket>();
  /** The name of each caller, which Node forgets when the handshake fails. */
  private readonly callers = new WeakMap<Socket, string>();
  private run: GuestRun | null = null;

  constructor(options: HostOptions) {
    this.options = { ...options, log: (line) => options.log(plainLine(line)) };
    this.version = versionOf(options.code);
    const secure = { ...memberOptions(options.keys), handshakeTimeout: HELLO_MS };
    this.server = createServer(secure, (socket) => this.called(socket));
    this.server.maxConnections = MOST_CONNECTIONS;
    this.server.on('tlsClientError', (error, socket) => {
      this.refused(this.callers.get(parentOf(socket)) ?? 'somebody', whyNot(error, socket));
      // After a time-out Node leaves that to us.
      socket.destroy();
    });
    this.server.on('connection', (socket: Socket) => this.callers.set(socket, nameOf(socket)));
  }

  /** Where it can be reached, which has a port of the system's choice if none was given. */
  async listen({ host, port }: Address): Promise<Address> {
    this.server.listen({ host, port, exclusive: true });
    await once(this.server, 'listening');
    return { host, port: (this.server.address() as AddressInfo).port };
  }

  /** Ends what runs here, and all connections. */
  async close(): Promise<void> {
    this.server.close();
    this.run?.end('this host has ended');
    for (const socket of this.sockets) socket.drop('this host has ended');
    await this.run?.over;
  }

  private called(tls: TLSSocket): void {
    const visit: Visit = {
      name: nameOf(tls),
      socket: new FramedSocket(tls, HELLO_BYTES),
      why: null,
    };
    const { name, socket } = visit;
    const patience = setTimeout(() => socket.drop('it does not say what it wants'), HELLO_MS);
    this.sockets.add(socket);
    socket.onClose((why) => {
      clearTimeout(patience);
      this.sockets.delete(socket);
      if (!visit.isIn) this.refused(name, visit.why ?? why);
    });
    socket.onFrame((content) => {
      clearTimeout(patience);
      this.greeted(visit, readHello(tls, content));
    });
  }

  private greeted(visit: Visit, hello: Hello): void {
    const { socket } = visit;
    const why = this.objection(hello);
    visit.isIn = why === null;
    if (hello.kind === 'conduct') {
      if (why === null) this.conduct(visit, hello);
      else this.sendAway(visit, why, controlFrame({ kind: 'refused', why }));
    } else if (why !== null || !this.run!.called(socket, hello)) {
      const gone = `incarnation ${hello.toIncarnation} of node ${hello.to} is not here`;
      this.sendAway(visit, why ?? gone, linkFrame({ kind: 'over', why: why ?? gone }));
    }
  }

  /** After a frame that tells a member why, so that it does not call again. */
  private sendAway(visit: Visit, why: string, frame: readonly Uint8Array[]): void {
    visit.isIn = false;
    visit.why = why;
    visit.socket.write(frame);
    visit.socket.end();
  }

  /** Why a member of the cluster cannot have what it wants; null if it can. */
  private objection({ kind, version, digest, run: called }: Hello): string | null {
    const { run } = this;
    if (version !== this.version) return `it runs ${version}, and this host ${this.version}`;
    if (kind === 'conduct') return run === null ? null : 'this host has another run';
    if (run === null || !Buffer.from(run.mark.run).equals(called)) return 'its run is not here';
    return digest === run.mark.digest ? null : 'it has another scenario';
  }

  private conduct({ socket, name }: Visit, { version, digest, run }: Hello): void {
    const { log } = this.options;
    log(`a run from ${name} begins`);
    const begun = new GuestRun(this.options, { version, digest, run }, socket);
    this.run = begun;
    void begun.over.then(() => (this.run = null));
  }

  private refused(name: string, why: string): void {
    this.options.log(`refused ${name}: ${why}`);
  }
}

/** What a TLS connection runs over. */
function parentOf(socket: TLSSocket): Socket {
  return (socket as unknown as { _parent?: Socket })._parent ?? socket;
}

function nameOf({ remoteAddress, remotePort }: Socket): string {
  if (remoteAddress === undefined || remotePort === undefined) return 'somebody';
  return addressText({ host: remoteAddress, port: remotePort });
}
