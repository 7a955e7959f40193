/** `npm run real -- host` and runs on hosts, from the outside: how they begin, and that nothing is left at the end. */
import { readdirSync } from 'node:fs';
import t, { type Test } from 'tap';
import { newKeys, writeKeys } from '../../../sim/worlds/hosts/keys.ts';
import { Machine, startHost } from './machines.ts';

/** They serve all tests of this file, one after the other: a host takes the next run when one is over. */
const folder = t.testdir({ disks: {} });
const keys = `${folder}/keys`;
const temporary = `${folder}/disks`;
writeKeys(keys, await newKeys(1));
const hosts = await Promise.all(
  [0, 1, 2, 3].map((at) => startHost(t, keys, at === 0 ? { temporary } : {})),
);

function wordsOf(t: Test, addresses: string[], iterations: number, ofCluster = keys): string[] {
  const world = ['--world', 'hosts', '--hosts', addresses.join(), '--keys', ofCluster, '--no-ui'];
  const data = 'data={"kind":"synthetic","train":400,"test":10}';
  const work = ['--set', `training.iterations=${iterations}`, '--set', data];
  return [...world, ...work, '--out', `${t.testdir()}/out`];
}

function addressesOf(...which: number[]): string[] {
  return which.map((at) => hosts[at].address);
}

/** Ours, beside what loaders leave. */
function leftIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.startsWith('ringtmp'));
}

const LONG = 1_000_000;
const UNDER_WAY = /[1-9]\d*\/1,000,000 iterations/;

t.test(
  'a run on hosts ends with the simulated weights; in a ring neighbours alone connect',
  async (t) => {
    const run = new Machine(t, [...wordsOf(t, addressesOf(0, 1, 2, 3), 5), '--nodes', '4']);
    t.equal(await run.status(), 0, run.said);
    t.match(run.said, /weights equal to the simulated run: yes/);
    const said = hosts.map(({ machine }) => machine.said).join('');
    const calls = [...said.matchAll(/node (\d+) connects to node (\d+)/g)];
    t.ok(calls.length >= 4, `${calls.length} connections`);
    for (const [line, from, to] of calls)
      t.ok([1, 3].includes((Number(to) - Number(from) + 4) % 4), line);
  },
);

t.test('an interrupted host leaves no file and no process, and the run says so', async (t) => {
  const [first, second] = hosts;
  const run = new Machine(t, wordsOf(t, addressesOf(0, 1), LONG));
  await run.says(UNDER_WAY);
  first.machine.process.kill('SIGINT');
  t.equal(await first.machine.status(), 130);
  t.same(leftIn(temporary), []);
  t.equal(await run.status(), 1);
  t.match(run.said, new RegExp(`node \\d: host ${first.address}: the other side closed it`));
  await second.machine.says(/the run is over: [^]*the run is over: /);
});

t.test(
  'after a host or a conductor is killed the others say why, and take the next run',
  async (t) => {
    const [, , third, fourth] = hosts;
    const killed = new Machine(t, wordsOf(t, addressesOf(2, 3), LONG));
    await killed.says(UNDER_WAY);
    killed.process.kill('SIGKILL');
    const twice = /the run is over: [^]*the run is over: /;
    await Promise.all([third, fourth].map(({ machine }) => machine.says(twice)));

    const next = new Machine(t, wordsOf(t, addressesOf(2, 3), LONG));
    await next.says(UNDER_WAY);
    fourth.machine.process.kill('SIGKILL');
    t.equal(await next.status(), 1);
    t.match(next.said, new RegExp(`node \\d: host ${fourth.address}: `));
    await third.machine.says(/the run is over: [^]*the run is over: [^]*the run is over: /);
  },
);

t.test('a run with the key of another cluster ends with a sentence', async (t) => {
  const others = `${folder}/others`;
  writeKeys(others, await newKeys(1));
  const [, { machine, address }] = hosts;
  const run = new Machine(t, wordsOf(t, [address], 5, others));
  t.equal(await run.status(), 1);
  t.match(run.said, new RegExp(`host ${address}: it has the key of another cluster`));
  await machine.says(/refused/);
  t.equal(machine.said.split('\n').filter((line) => line.startsWith('refused')).length, 1);
});
