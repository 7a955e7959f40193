/** Who may join a host: members of its cluster, on a connection of their own, with the same program. */
import { once } from 'node:events';
import { connect as connectPlain, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from 'node:tls';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import type { Address } from '../../../sim/worlds/hosts/addresses.ts';
import { type Hello, HELLO_BYTES, helloFrame, versionOf } from '../../../sim/worlds/hosts/hello.ts';
import { HostServer } from '../../../sim/worlds/hosts/host-server.ts';
import { type Keys, memberOptions, newKeys } from '../../../sim/worlds/hosts/keys.ts';
import { WireWriter } from '../../../sim/worlds/wire/codec.ts';
import { frameHead, frameOf } from '../../../sim/worlds/wire/frames.ts';

const CODE = 'a program';
const OURS = newKeys(1);
const DAY_MS = 86_400_000;

interface Host {
  readonly address: Address;
  /** What it has said so far. */
  readonly lines: string[];
}

async function host(t: Test, keys?: Keys): Promise<Host> {
  const lines: string[] = [];
  const log = (line: string): void => void lines.push(line);
  const server = new HostServer({ keys: keys ?? (await OURS), code: CODE, log });
  t.teardown(() => server.close());
  return { address: await server.listen({ host: '127.0.0.1', port: 0 }), lines };
}

/** Connects in that way. A stranger does not care who the host is. */
function call(t: Test, { address }: Host, options: ConnectionOptions): TLSSocket {
  const unchecked = { rejectUnauthorized: false, ...options };
  const socket = connectTls({ ...address, ...unchecked });
  socket.on('error', () => {});
  t.teardown(() => socket.destroy());
  return socket;
}

function callPlain(t: Test, { address }: Host): Socket {
  const socket = connectPlain(address);
  socket.on('error', () => {});
  t.teardown(() => socket.destroy());
  return socket;
}

/** A member whose handshake is over. */
async function member(t: Test, host: Host): Promise<TLSSocket> {
  const socket = call(t, host, { ...memberOptions(await OURS), rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  return socket;
}

function helloOf(more: Partial<Hello> = {}): Hello {
  const mark = { version: versionOf(CODE), digest: 'd', run: new Uint8Array(16) };
  return { kind: 'conduct', ...mark, ...more } as Hello;
}

const PEER = { kind: 'peer', from: 1, fromIncarnation: 0, to: 0, toIncarnation: 0 } as const;

function say(socket: Socket, frame: readonly Uint8Array[]): void {
  for (const piece of frame) socket.write(piece);
}

async function closed(socket: Socket): Promise<void> {
  socket.resume();
  if (!socket.closed) await new Promise((resolve) => socket.on('close', resolve));
}

/** The host sends it away and says one line about it. */
async function sentAway(t: Test, socket: Socket, { lines }: Host, why: RegExp): Promise<void> {
  await Promise.race([closed(socket), setTimeout(15_000)]);
  t.equal(socket.closed, true, 'the connection is over');
  while (lines.length === 0) await setTimeout(5);
  await setTimeout(20);
  t.equal(lines.length, 1, lines.join('; '));
  t.match(lines[0], /^refused 127\.0\.0\.1:\d+: /);
  t.match(lines[0], why);
}

const STRANGERS: [string, (t: Test, host: Host) => Socket | Promise<Socket>, RegExp][] = [
  ['without a key', (t, host) => call(t, host, {}), /it has no key$/],
  [
    'with the key of another cluster',
    async (t, host) =>
      call(t, host, { ...memberOptions(await newKeys(1)), rejectUnauthorized: false }),
    /it has the key of another cluster$/,
  ],
  [
    'under TLS 1.2',
    async (t, host) => {
      const old = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const;
      return call(t, host, { ...memberOptions(await OURS), ...old, rejectUnauthorized: false });
    },
    /what it sends is no TLS 1\.3/,
  ],
  [
    'that sends garbage',
    (t, host) => callPlain(t, host).end('GET / HTTP/1.1\r\n\r\n'),
    /what it sends is no TLS 1\.3/,
  ],
  [
    'that stops in the middle of the handshake',
    (t, host) =>
      callPlain(t, host)
        .setNoDelay()
        .on('connect', function (this: Socket) {
          this.write(Buffer.from('1603010200010001fc0303', 'hex'));
        }),
    /it stopped in the middle of the handshake$/,
  ],
];

const MEMBERS: [string, (socket: TLSSocket) => void, RegExp][] = [
  ['that says nothing', () => {}, /it does not say what it wants$/],
  [
    'that stops in the middle of its hello',
    (socket) => {
      const [frame] = helloFrame(socket, helloOf());
      say(socket, [frame.subarray(0, 20)]);
    },
    /it does not say what it wants$/,
  ],
  [
    'whose hello is too long',
    (socket) => say(socket, [frameHead(HELLO_BYTES + 1)]),
    /a frame of 4097 bytes is longer than 4096$/,
  ],
  [
    'whose hello is garbage',
    (socket) => say(socket, frameOf(new WireWriter().value({ kind: 'conduct' }))),
    /what it says is no hello$/,
  ],
  [
    'that leaves in the middle of its hello',
    (socket) => socket.end(helloFrame(socket, helloOf())[0].subarray(0, 9)),
    /the other side closed it$/,
  ],
  [
    'of another version',
    (socket) => say(socket, helloFrame(socket, helloOf({ version: 'ringtmp 0.0.0' }))),
    /it runs ringtmp 0\.0\.0, and this host ringtmp \d+\.\d+\.\d+, code [0-9a-f]{12}, Node v\d+/,
  ],
  [
    'of a run that is not here',
    (socket) => say(socket, helloFrame(socket, helloOf(PEER))),
    /its run is not here$/,
  ],
];

for (const [who, stranger, why] of STRANGERS)
  t.test(`a stranger ${who} is sent away with one line`, async (t) => {
    const there = await host(t);
    await sentAway(t, await stranger(t, there), there, why);
  });

t.test('a member whose key has expired is sent away with one line', async (t) => {
  const expired = await newKeys(1, new Date(Date.now() - 3 * DAY_MS));
  const there = await host(t, expired);
  const socket = call(t, there, { ...memberOptions(expired), rejectUnauthorized: false });
  await sentAway(t, socket, there, /its key has expired$/);
});

for (const [who, act, why] of MEMBERS)
  t.test(`a member ${who} is sent away with one line`, async (t) => {
    const there = await host(t);
    const socket = await member(t, there);
    act(socket);
    await sentAway(t, socket, there, why);
  });

t.test('what a member has said on one connection lets nobody in on another', async (t) => {
  const there = await host(t);
  const [first, second] = [await member(t, there), await member(t, there)];
  const said = helloFrame(first, helloOf());
  say(second, said);
  await sentAway(t, second, there, /it repeats what was said elsewhere$/);
});

t.test(
  'with a run here a second one is refused, and so is a peer of another scenario',
  async (t) => {
    const there = await host(t);
    const conductor = await member(t, there);
    say(conductor, helloFrame(conductor, helloOf()));
    while (there.lines.length === 0) await setTimeout(5);
    for (const [more, why] of [
      [{}, /this host has another run$/],
      [{ ...PEER, digest: 'e' }, /it has another scenario$/],
      [PEER, /incarnation 0 of node 0 is not here$/],
    ] as [Partial<Hello>, RegExp][]) {
      there.lines.length = 0;
      const socket = await member(t, there);
      say(socket, helloFrame(socket, helloOf(more)));
      await sentAway(t, socket, there, why);
    }
    t.equal(conductor.closed, false, 'the run goes on');
  },
);

t.test('no bytes of a member end a host, before its hello or after it', async (t) => {
  const there = await host(t);
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 200 });
  const framed = bytes.map((content) => Buffer.concat([frameHead(content.length), content]));
  const value = fc
    .record({ kind: fc.constantFrom('work', 'place', 'to', 'end', 'loseDisk', 'clock', 'x') }, {})
    .map((message) => Buffer.concat(frameOf(new WireWriter().value(message))));
  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.oneof(bytes, framed, value), async (isIn, said) => {
      const socket = await member(t, there);
      if (isIn) say(socket, helloFrame(socket, helloOf()));
      socket.end(said);
      await closed(socket);
    }),
    { numRuns: 100 },
  );
  there.lines.length = 0;
  const conductor = await member(t, there);
  say(conductor, helloFrame(conductor, helloOf()));
  while (there.lines.length === 0) await setTimeout(5);
  t.match(there.lines, [/^a run from .* begins$/], 'it is there for others');
});
