/** Hosts with addresses of their own, on a network that is slow, and whose cables come out. */
import { setTimeout } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { newKeys, writeKeys } from '../../../sim/worlds/hosts/keys.ts';
import { Machine, startHost } from './machines.ts';
import { Namespaces, whyNone } from './namespaces.ts';

const PORT = 7000;
const skip = whyNone();

/** Two hosts, and the words of a run on them, which is started on a third machine. */
async function clusterOf(t: Test) {
  const keys = `${t.testdir()}/keys`;
  writeKeys(keys, await newKeys(1));
  const net = new Namespaces(t, 3);
  const hosts = await Promise.all(
    [0, 1].map((at) =>
      startHost(t, keys, { listen: `${net.address(at)}:${PORT}`, namespace: net.name(at) }),
    ),
  );
  const addresses = hosts.map(({ address }) => address).join();
  const world = ['--world', 'hosts', '--hosts', addresses, '--keys', keys, '--no-ui'];
  const words = [...world, '--out', `${t.testdirName}/out`];
  return { net, hosts, run: (more: string[]) => new Machine(t, [...words, ...more], net.name(2)) };
}

t.test(
  'hosts with addresses of their own train over a slow network to the same bits',
  { skip },
  async (t) => {
    const { net, run } = await clusterOf(t);
    for (const at of [0, 1]) net.limit(at, '200mbit');
    const over = run(['--set', 'training.iterations=20']);
    t.equal(await over.status(), 0, over.said);
    t.match(over.said, /weights equal to the simulated run: yes/);
  },
);

t.test('a cable that is out for a while costs time, and no bit', { skip }, async (t) => {
  const { net, run } = await clusterOf(t);
  const over = run(['--set', 'training.iterations=60']);
  await over.says(/, [1-9]\d* events\/s|[1-9]\d*\/60 iterations/);
  net.set(1, 'down');
  await setTimeout(3000);
  net.set(1, 'up');
  t.equal(await over.status(), 0, over.said);
  t.match(over.said, /weights equal to the simulated run: yes/);
});

t.test('a cable that stays out ends the run with the host that is silent', { skip }, async (t) => {
  const { net, hosts, run } = await clusterOf(t);
  const over = run(['--set', 'training.iterations=1000000']);
  await over.says(/[1-9]\d*\/1,000,000 iterations/);
  net.set(1, 'down');
  t.equal(await over.status(), 1);
  t.match(over.said, new RegExp(`host ${hosts[1].address}: it has been silent for 20 s`));
  for (const { machine } of hosts) await machine.says(/the run is over/);
});

t.test('a machine without the key gets no further than the handshake', { skip }, async (t) => {
  const { net, hosts } = await clusterOf(t);
  const others = `${t.testdirName}/others`;
  writeKeys(others, await newKeys(1));
  const [{ machine, address }] = hosts;
  const world = ['--world', 'hosts', '--hosts', address, '--keys', others, '--no-ui'];
  const stranger = new Machine(t, [...world, '--out', `${t.testdirName}/out`], net.name(2));
  t.equal(await stranger.status(), 1);
  await machine.says(new RegExp(`refused ${net.address(2)}:\\d+: `));
});
