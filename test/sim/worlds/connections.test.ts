/** Sockets between the processes of nodes: who is let in, and when. */
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import t, { type Test } from 'tap';
import { makeStorageFolder, removeStorageFolder } from '../../../sim/worlds/file-storage.ts';
import { UnixTransport } from '../../../sim/worlds/processes/unix-transport.ts';
import { Connections } from '../../../sim/worlds/stations/connections.ts';

const ENVELOPE = { from: 1, sentNs: 5, leftNs: 5, bytes: 8, message: { kind: 'greeting' } };
/** Long enough for a socket on this machine to bring what must not come. */
const PATIENCE_MS = 200;

/** A path of a socket must be short: the folders of tests are too deep. */
function folderOf(t: Test): string {
  const folder = makeStorageFolder();
  t.teardown(() => removeStorageFolder(folder));
  return folder;
}

/** The connections of a node, all of whose peers are in their first incarnation. */
function connectionsOf(folder: string, node: number, incarnation: number) {
  const given: MessagePort[] = [];
  const refused: string[] = [];
  const incarnations = node === 0 ? [incarnation, 0] : [0, incarnation];
  const connections = new Connections(
    node,
    incarnations,
    new UnixTransport(folder, node, incarnation),
    {
      introduce: (_peer, port) => given.push(port),
      cut: () => {},
      refused: (_caller, why) => refused.push(why),
    },
  );
  return { connections, given, refused };
}

/** Node 0, which listens and knows node 1 in its first incarnation, and the ports that it is given. */
async function listener(t: Test, folder: string) {
  const { connections: node, given, refused } = connectionsOf(folder, 0, 0);
  await node.listen();
  t.teardown(() => {
    node.close();
    given.forEach((port) => port.close());
  });
  return { node, given, refused };
}

/** Node 1 in that incarnation sends to node 0; its thread's end of the connection. */
function caller(t: Test, folder: string, incarnation: number): MessagePort {
  const { port1, port2 } = new MessageChannel();
  connectionsOf(folder, 1, incarnation).connections.connect(0, 0, port2);
  port1.postMessage(ENVELOPE);
  t.teardown(() => port1.close());
  return port1;
}

/** Whether it closes soon. */
async function closes(port: MessagePort): Promise<boolean> {
  return Promise.race([once(port, 'close').then(() => true), setTimeout(2000, false)]);
}

t.test('a peer of an incarnation that is not known yet waits until it is', async (t) => {
  const folder = folderOf(t);
  const { node, given } = await listener(t, folder);
  caller(t, folder, 1);
  await setTimeout(PATIENCE_MS);
  t.equal(given.length, 0, 'whoever renews a peer closes what there is of it');
  node.renew(1, 1);
  t.equal(given.length, 1);
  const [envelope] = await once(given[0], 'message');
  t.same(envelope, ENVELOPE, 'what it sent meanwhile is there');
});

t.test('a peer of an incarnation that is over is sent away', async (t) => {
  const folder = folderOf(t);
  const { node, given, refused } = await listener(t, folder);
  node.renew(1, 1);
  t.equal(await closes(caller(t, folder, 0)), true);
  t.equal(given.length, 0);
  t.same(refused, ['incarnation 0 of node 1 is over']);
});

t.test(
  'a peer calls once: a second call in its name is sent away, and the first goes on',
  async (t) => {
    const folder = folderOf(t);
    const { given, refused } = await listener(t, folder);
    const first = caller(t, folder, 0);
    while (given.length === 0) await setTimeout(5);
    t.equal(await closes(caller(t, folder, 0)), true);
    t.equal(given.length, 1);
    t.same(refused, ['incarnation 0 of node 1 has called before']);
    first.postMessage(ENVELOPE);
    const [envelope] = await once(given[0], 'message');
    t.same(envelope, ENVELOPE);
  },
);

t.test('the port to an incarnation that nobody is in closes', async (t) => {
  t.equal(await closes(caller(t, folderOf(t), 0)), true);
});
