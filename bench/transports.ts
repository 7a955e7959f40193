/**
 * What the seam between real nodes costs: megabytes a second of processor time, over ports, UNIX sockets and TLS, beside
 * the bare transport in the same run. Both ends are in this process, so that the time is that of both.
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, connect as connectSocket, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { type Keys, memberOptions, newKeys } from '../sim/worlds/hosts/keys.ts';
import { connectMember } from '../sim/worlds/hosts/members.ts';
import type { Envelope } from '../sim/worlds/mail.ts';
import { UnixTransport } from '../sim/worlds/processes/unix-transport.ts';
import { Connections } from '../sim/worlds/stations/connections.ts';
import { FramedSocket } from '../sim/worlds/stations/framed-socket.ts';
import { LONGEST_BYTES, type Transport } from '../sim/worlds/stations/transport.ts';
import { PortMail } from '../sim/worlds/threads/port-mail.ts';

/** Bytes of a round, and of messages. */
const ROUND_BYTES = 64 * 2 ** 20;
const SIZES = [2 ** 16, 2 ** 20];
const ROUNDS = 7;

/** Sends so many messages of that size, and resolves when all have come. */
type Play = (count: number, size: number) => Promise<void>;

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

async function barePorts(): Promise<Play> {
  const { port1, port2 } = new MessageChannel();
  return async (count, size) => {
    for (let sent = 0; sent < count; sent++) {
      const content = new Uint8Array(size).fill(1);
      port1.postMessage({ kind: 'm', content }, [content.buffer]);
    }
    for (let come = 0; come < count; come++) await once(port2, 'message');
  };
}

/** Two mails, joined by a port. */
function mails(introduce: (port: MessagePort, mail: PortMail) => void): Play {
  const there = new PortMail([0, 0], () => {});
  const here = new PortMail([0, 0], (_peer, _incarnation, port) => introduce(port, there));
  let come = 0;
  let [arrived, room] = [(): void => {}, (): void => {}];
  there.listen(() => {
    const envelopes: Envelope[] = [];
    there.drain(envelopes);
    come += envelopes.length;
    arrived();
  });
  here.listen(() => room());
  return async (count, size) => {
    come = 0;
    const all = new Promise<void>((resolve) => (arrived = () => void (come >= count && resolve())));
    for (let sent = 0; sent < count; sent++) {
      while (here.isFull) await new Promise<void>((resolve) => (room = resolve));
      const message = { kind: 'm', content: new Uint8Array(size).fill(1) } as Envelope['message'];
      here.send(1, { from: 0, sentNs: 0, leftNs: 0, bytes: size, message });
    }
    await all;
  };
}

/** What both ends of a bare socket do: write, and count. */
function bareSockets(near: Socket, far: Socket): Play {
  return async (count, size) => {
    let left = count * size;
    const all = new Promise<void>((resolve) => {
      far.removeAllListeners('data');
      far.on('data', (bytes: Buffer) => (left -= bytes.length) <= 0 && resolve());
    });
    for (let sent = 0; sent < count; sent++)
      if (!near.write(new Uint8Array(size).fill(1))) await once(near, 'drain');
    await all;
  };
}

/** Mails over the connections of two nodes: node 0 calls. */
async function overConnections(near: Transport, far: Transport): Promise<Play> {
  const told = { cut: () => {}, refused: () => {} };
  let mail: PortMail | null = null;
  const introduce = (peer: number, port: MessagePort): void => void mail!.connect(peer, port);
  const [here, there] = [near, far].map(
    (transport, self) => new Connections(self, [0, 0], transport, { ...told, introduce }),
  );
  await there.listen();
  return mails((port, to) => {
    mail = to;
    here.connect(1, 0, port);
  });
}

/** Node 1 listens for TLS, for one caller at a time. */
function tlsTransports(keys: Keys): { near: Transport; far: Transport; close: () => void } {
  const server = createTlsServer(memberOptions(keys));
  const far: Transport = {
    listen: async (called) => {
      server.on('secureConnection', (socket) =>
        called(new FramedSocket(socket, LONGEST_BYTES), { peer: 0, incarnation: 0 }),
      );
      await once(server.listen(0, '127.0.0.1'), 'listening');
    },
    connect: () => {
      throw new Error('node 1 calls nobody');
    },
    close: () => void server.close(),
  };
  const near: Transport = {
    listen: () => Promise.resolve(),
    connect: () => {
      const { port } = server.address() as AddressInfo;
      const tls = connectMember(keys, { host: '127.0.0.1', port }, () => {});
      return new FramedSocket(tls, LONGEST_BYTES);
    },
    close: () => {},
  };
  return { near, far, close: () => void server.close() };
}

async function bareTls(keys: Keys): Promise<Play> {
  const server = createTlsServer(memberOptions(keys)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const near = connectMember(keys, { host: '127.0.0.1', port }, () => {});
  const [far] = (await once(server, 'secureConnection')) as [Socket];
  return bareSockets(near, far);
}

async function bareUnix(folder: string): Promise<Play> {
  const path = join(folder, 'bare');
  const server = createServer().listen(path);
  await once(server, 'listening');
  const near = connectSocket(path);
  const [far] = (await once(server, 'connection')) as [Socket];
  return bareSockets(near, far);
}

/** Both by turns; prints the medians and how much of the bare one is left. */
async function compare(print: (line: string) => void, name: string, bare: Play, seam: Play) {
  for (const size of SIZES) {
    const count = ROUND_BYTES / size;
    const rates: [number[], number[]] = [[], []];
    for (let round = 0; round < ROUNDS; round++)
      for (const [at, play] of [bare, seam].entries()) {
        const began = cpuSeconds();
        await play(count, size);
        rates[at].push(ROUND_BYTES / 1e6 / (cpuSeconds() - began));
      }
    const [ofBare, ofSeam] = rates.map((each) => each.sort((a, b) => a - b)[ROUNDS >> 1]);
    print(
      `  ${name.padEnd(12)} ${String(size / 1024).padStart(5)} KiB  bare ${ofBare.toFixed(0).padStart(6)} MB/s` +
        `  seam ${ofSeam.toFixed(0).padStart(6)} MB/s  ${(ofSeam / ofBare).toFixed(2)} of it`,
    );
  }
}

/** Prints the speeds; asserts nothing. */
export async function bench(print: (line: string) => void): Promise<void> {
  print(
    'between two nodes, megabytes a second of processor time of both ends, bare and over the seam',
  );
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const keys = await newKeys(1);
  await compare(
    print,
    'ports',
    await barePorts(),
    mails((port, to) => to.connect(0, port)),
  );
  const [first, second] = [0, 1].map((self) => new UnixTransport(folder, self, 0));
  await compare(
    print,
    'UNIX sockets',
    await bareUnix(folder),
    await overConnections(first, second),
  );
  const { near, far } = tlsTransports(keys);
  await compare(print, 'TLS', await bareTls(keys), await overConnections(near, far));
  rmSync(folder, { recursive: true, force: true });
  // Sockets and ports are open still.
  process.exit(0);
}
