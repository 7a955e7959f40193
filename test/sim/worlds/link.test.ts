/** Connections that break by themselves: what two nodes say to each other comes once, whole and in order all the same. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { makeStorageFolder, removeStorageFolder } from '../../../sim/worlds/file-storage.ts';
import { type Envelope, sizeOf, WINDOW_BYTES } from '../../../sim/worlds/mail.ts';
import { socketPath } from '../../../sim/worlds/processes/run-folder.ts';
import { UnixTransport } from '../../../sim/worlds/processes/unix-transport.ts';
import { Connections } from '../../../sim/worlds/stations/connections.ts';
import { FramedSocket } from '../../../sim/worlds/stations/framed-socket.ts';
import { Link } from '../../../sim/worlds/stations/link.ts';
import type { Carried } from '../../../sim/worlds/threads/port-mail.ts';

/** Between a caller and node 0: each connection breaks after so many bytes, those behind the last never. */
async function proxy(t: Test, from: string, to: string, breaks: readonly number[]) {
  const open = new Set<Socket>();
  const counted = { connections: 0 };
  const server = createServer((near) => {
    const far = connect(to);
    let left = breaks[counted.connections++] ?? Infinity;
    const drop = (): void => {
      near.destroy();
      far.destroy();
    };
    for (const [one, other] of [
      [near, far],
      [far, near],
    ]) {
      open.add(one);
      one.on('error', drop).on('close', drop);
      one.on('data', (bytes: Buffer) => {
        other.write(bytes.subarray(0, left));
        left -= bytes.length;
        // What was written before leaves first, as much of it as a broken connection lets through.
        if (left <= 0) setImmediate(drop);
      });
    }
  }).listen(from);
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    for (const socket of open) socket.destroy();
  });
  return counted;
}

/** A node's connections, with the end that its thread has of each link that is made to it. */
function node(t: Test, folder: string, self: number) {
  const ports: MessagePort[] = [];
  const cuts: string[] = [];
  const connections = new Connections(self, [0, 0], new UnixTransport(folder, self, 0), {
    introduce: (_peer, port) => ports.push(port),
    cut: (_peer, why) => cuts.push(why),
    refused: (_caller, why) => cuts.push(why),
  });
  t.teardown(() => {
    connections.close();
    for (const port of ports) port.close();
  });
  return { connections, ports, cuts };
}

function letter(from: number, number: number, length: number): Envelope {
  const content = new Uint8Array(length).fill(number);
  const message = { kind: 'letter', number, content } as Envelope['message'];
  return { from, sentNs: number, leftNs: number, bytes: length, message };
}

/** The numbers of what comes by a port, each of which has the content that belongs to it; bytes are drained at once. */
function readFrom(port: MessagePort): { numbers: number[]; drainedBytes: number } {
  const read = { numbers: [] as number[], drainedBytes: 0 };
  port.on('message', (carried: Carried) => {
    if (typeof carried === 'number') return void (read.drainedBytes += carried);
    const { number, content } = carried.message as never as { number: number; content: Uint8Array };
    if (content.some((byte) => byte !== number % 256)) throw new Error('another content');
    read.numbers.push(number);
    port.postMessage(sizeOf(carried) satisfies Carried);
  });
  return read;
}

async function until(holds: () => boolean): Promise<void> {
  for (let waits = 0; !holds(); waits++) {
    if (waits > 2000) throw new Error('it never holds');
    await setTimeout(5);
  }
}

/** Two folders, so that the path to node 0 is that of the proxy for its caller. */
function folders(t: Test): [string, string] {
  const both = [makeStorageFolder(), makeStorageFolder()] as [string, string];
  t.teardown(() => both.forEach(removeStorageFolder));
  return both;
}

t.test('wherever connections break, all messages come once, in order, both ways', async (t) => {
  const lengths = fc.array(fc.integer({ min: 0, max: 5000 }), { minLength: 1, maxLength: 20 });
  const breaks = fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 6 });
  let broken = 0;
  await fc.assert(
    fc.asyncProperty(lengths, lengths, breaks, async (there, back, breaks) => {
      const [near, far] = folders(t);
      const [called, caller] = [node(t, far, 0), node(t, near, 1)];
      await called.connections.listen();
      const counted = await proxy(t, socketPath(near, 0, 0), socketPath(far, 0, 0), breaks);
      const { port1, port2 } = new MessageChannel();
      const got = readFrom(port1);
      caller.connections.connect(0, 0, port2);
      for (const [at, length] of there.entries()) port1.postMessage(letter(1, at, length));
      await until(() => called.ports.length > 0);
      const heard = readFrom(called.ports[0]);
      for (const [at, length] of back.entries()) called.ports[0].postMessage(letter(0, at, length));
      const bytes = (all: number[]) =>
        all.reduce((sum, length) => sum + sizeOf({ bytes: length }), 0);
      await until(() => got.drainedBytes === bytes(there) && heard.drainedBytes === bytes(back));
      broken += counted.connections - 1;
      t.strictSame(heard.numbers, [...there.keys()]);
      t.strictSame(got.numbers, [...back.keys()]);
      t.same([called.cuts, caller.cuts], [[], []]);
      port1.close();
      called.connections.close();
      caller.connections.close();
    }),
    { numRuns: 30 },
  );
  t.ok(broken > 20, `${broken} connections broke`);
});

t.test('a link that cannot be made again is lost, with the reason', async (t) => {
  const [near, far] = folders(t);
  const called = node(t, far, 0);
  await called.connections.listen();
  const counted = await proxy(t, socketPath(near, 0, 0), socketPath(far, 0, 0), [2000, 0, 0, 0, 0]);
  const { port1, port2 } = new MessageChannel();
  const whys: string[] = [];
  const call = (): FramedSocket => new UnixTransport(near, 1, 0).connect(0, 0);
  const lost = (why: string): void => void whys.push(why);
  new Link({ peer: 0, port: port2, call, lost, patienceMs: 100 });
  port1.postMessage(letter(1, 1, 4000));
  await once(port1, 'close');
  t.same(whys, ['the other side closed it, and none could be made again for 0.1 s']);
  t.ok(counted.connections > 2, `${counted.connections} calls`);
});

t.test('who says that more has come than was sent is believed nothing more', async (t) => {
  const [near] = folders(t);
  const called = node(t, near, 0);
  await called.connections.listen();
  const { port1, port2 } = new MessageChannel();
  const whys: string[] = [];
  const call = (): FramedSocket => new UnixTransport(near, 1, 0).connect(0, 0);
  new Link({ peer: 0, port: port2, call, lost: (why) => whys.push(why) });
  await until(() => called.ports.length > 0);
  // Node 0 has got nothing, and says that its thread has drained it.
  called.ports[0].postMessage(WINDOW_BYTES);
  await once(port1, 'close');
  t.same(whys, ['more has been drained than was sent']);
});
