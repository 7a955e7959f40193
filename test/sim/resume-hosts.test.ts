/** What is kept of a run on hosts is on the machine that conducts: it goes on there, on any hosts. */
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { newKeys, writeKeys } from '../../sim/worlds/hosts/keys.ts';
import { begin, execute, killAll, madeIterations, placed } from './kept-runs.ts';
import { startHost } from './worlds/machines.ts';

const keys = `${t.testdir()}/keys`;
writeKeys(keys, await newKeys(1));
const hosts = await Promise.all([0, 1, 2].map(() => startHost(t, keys)));

/** A cable before a host, which passes what comes until it is cut. */
async function cable(t: Test, address: string) {
  const [host, port] = address.split(':');
  const ends: Socket[] = [];
  const server = createServer((near) => {
    const far = connect(Number(port), host);
    ends.push(near, far);
    for (const end of [near, far]) end.on('error', () => {});
    near.pipe(far).pipe(near);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): void => {
    server.close();
    for (const end of ends) end.destroy();
  };
  t.teardown(cut);
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, cut };
}

function on(addresses: readonly string[]): string[] {
  return ['--hosts', addresses.join(), '--keys', keys];
}

t.test('hosts go on after the conductor was killed, and end with the same weights', async (t) => {
  const { folder, file, kept } = placed(t, { kind: 'ring-tmp', replicas: 1 });
  const addresses = hosts.slice(0, 2).map(({ address }) => address);
  const run = begin([file, '--world', 'hosts', ...on(addresses), '--out', `${folder}/out`]);
  t.ok(await madeIterations(run, kept, 15));
  await killAll(run);
  t.same(readdirSync(join(kept, 'disks')).sort(), ['0', '1', '2'], 'the votes of all nodes');
  for (const { machine } of hosts.slice(0, 2)) await machine.says(/the run is over/);
  const { status, stdout, stderr } = await execute('--resume', kept, '--no-ui');
  t.equal(status, 0, stderr);
  t.match(stdout, /^weights equal to the simulated run: yes$/m);
});

t.test(
  'a connection between conductor and host that breaks ends the run, which goes on',
  async (t) => {
    const { folder, file, kept } = placed(t, { kind: 'ps-bsp' });
    const [first, second, third] = hosts.map(({ address }) => address);
    const wire = await cable(t, second);
    const words = [
      file,
      '--world',
      'hosts',
      ...on([first, wire.address]),
      '--out',
      `${folder}/out`,
    ];
    const broken = execute(...words, '--no-ui');
    t.ok(await madeIterations({ exitCode: null }, kept, 15));
    wire.cut();
    const { status, stderr } = await broken;
    t.equal(status, 1);
    t.match(
      stderr,
      new RegExp(
        `node \\d: host ${wire.address}: the (other side closed it|connection has broken)`,
      ),
    );
    t.match(stderr, `to go on from its checkpoints: npm run real -- --resume ${kept}`);
    const next = await execute('--resume', kept, ...on([third, first]), '--no-ui');
    t.equal(next.status, 0, next.stderr);
    t.match(next.stdout, /^weights equal to the simulated run: yes$/m);
  },
);
