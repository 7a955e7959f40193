/** Sockets between the processes of nodes: who is let in, and when. */
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import t, { type Test } from 'tap';
import { makeStorageFolder, removeStorageFolder } from '../../../sim/worlds/file-storage.ts';
import { Connections } from '../../../sim/worlds/processes/connections.ts';

const ENVELOPE = { from: 1, sentNs: 5, bytes: 8, message: { kind: 'greeting' } };
/** Long enough for a socket on this machine to bring what must not come. */
const PATIENCE_MS = 200;

/** A path of a socket must be short: the folders of tests are too deep. */
function folderOf(t: Test): string {
  const folder = makeStorageFolder();
  t.teardown(() => removeStorageFolder(folder));
  return folder;
}

/** Node 0, which listens and knows node 1 in its first incarnation, and the ports that it is given. */
async function listener(t: Test, folder: string) {
  const given: MessagePort[] = [];
  const node = new Connections(0, [0, 0], folder, (_peer, port) => given.push(port));
  await node.listen();
  t.teardown(() => given.forEach((port) => port.close()));
  return { node, given };
}

/** Node 1 in that incarnation sends to node 0; its thread's end of the connection. */
function caller(t: Test, folder: string, incarnation: number): MessagePort {
  const { port1, port2 } = new MessageChannel();
  new Connections(1, [0, incarnation], folder, () => {}).connect(0, 0, port2);
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
  const { node, given } = await listener(t, folder);
  node.renew(1, 1);
  t.equal(await closes(caller(t, folder, 0)), true);
  t.equal(given.length, 0);
});

t.test('the port to an incarnation that nobody is in closes', async (t) => {
  t.equal(await closes(caller(t, folderOf(t), 0)), true);
});
