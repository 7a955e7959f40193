/** A connection whose other side stops: it is noticed, whatever this side goes on to say. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { FramedSocket } from '../../../sim/worlds/stations/framed-socket.ts';
import { WireWriter } from '../../../sim/worlds/wire/codec.ts';
import { frameOf } from '../../../sim/worlds/wire/frames.ts';

const STALL_MS = 200;
const FRAME = frameOf(new WireWriter().value('some words'));

/** Two ends of a connection: frames here, bytes there. */
async function ends(t: Test): Promise<{ here: FramedSocket; there: Socket; closed: string[] }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const there = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [socket] = (await once(server, 'connection')) as [Socket];
  const here = new FramedSocket(socket, 100, true, STALL_MS);
  const closed: string[] = [];
  here.onClose((why) => closed.push(why));
  there.on('error', () => {}).resume();
  t.teardown(() => {
    there.destroy();
    here.drop('the test is over');
    server.close();
  });
  return { here, there, closed };
}

/** This side writes all the time meanwhile. */
async function talk(here: FramedSocket, forMs: number): Promise<void> {
  for (let passedMs = 0; passedMs < forMs; passedMs += 20) {
    here.write(FRAME);
    await setTimeout(20);
  }
}

t.test('who stops in the middle of a frame is cut off', async (t) => {
  const { here, there, closed } = await ends(t);
  there.write(FRAME[0].subarray(0, -1));
  await talk(here, 4 * STALL_MS);
  t.same(closed, ['it has stopped in the middle of a frame for 0.2 s']);
});

t.test('who is never silent is cut off when it is, and nobody else', async (t) => {
  const [talkative, quiet] = [await ends(t), await ends(t)];
  talkative.here.expectTalk();
  await Promise.all([talkative, quiet].map(({ here }) => talk(here, 4 * STALL_MS)));
  t.same(talkative.closed, ['it has been silent for 0.2 s']);
  t.same(quiet.closed, []);
});
