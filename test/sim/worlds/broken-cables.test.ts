/** Hosts whose connections break by themselves, again and again: the run ends as if they had not. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import t, { type Test } from 'tap';
import { newKeys, writeKeys } from '../../../sim/worlds/hosts/keys.ts';
import { Machine, startHost } from './machines.ts';

const LASTS_MS = 250;

/** Before a host: breaks every connection but the first, which is that of the machine that conducts. */
async function brittle(t: Test, address: string): Promise<{ address: string; broken: number }> {
  const [host, port] = address.split(':');
  const seen = { address: '', broken: 0 };
  let isFirst = true;
  const server = createServer((near) => {
    const far = connect(Number(port), host);
    const end = (): void => {
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) socket.on('error', end).on('close', end);
    near.pipe(far).pipe(near);
    if (!isFirst)
      setTimeout(() => {
        seen.broken++;
        end();
      }, LASTS_MS);
    isFirst = false;
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => server.close());
  seen.address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return seen;
}

t.test('connections between hosts that break are made again, and no weight differs', async (t) => {
  const keys = `${t.testdir()}/keys`;
  writeKeys(keys, await newKeys(1));
  const [first, second] = await Promise.all([startHost(t, keys), startHost(t, keys)]);
  const cable = await brittle(t, second.address);
  const run = new Machine(t, [
    ...['--world', 'hosts', '--hosts', `${first.address},${cable.address}`, '--keys', keys],
    ...['--nodes', '4', '--set', 'training.iterations=60', '--no-ui'],
    ...['--set', 'data={"kind":"synthetic","train":400,"test":10}'],
    ...['--delay', '5ms', '--out', `${t.testdirName}/out`],
  ]);
  t.equal(await run.status(), 0, run.said);
  t.match(run.said, /weights equal to the simulated run: yes/);
  t.ok(cable.broken >= 4, `${cable.broken} connections broke`);
});
