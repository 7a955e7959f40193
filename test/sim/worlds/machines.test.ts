/** `npm run real -- host` and runs on hosts, from the outside: how they begin, and that nothing is left at the end. */
import { mkdirSync, readdirSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { newKeys, writeKeys } from '../../../sim/worlds/hosts/keys.ts';
import { Machine, startHost } from './machines.ts';

async function keysIn(t: Test): Promise<string> {
  const folder = `${t.testdir()}/keys`;
  writeKeys(folder, await newKeys(1));
  return folder;
}

function wordsOf(t: Test, keys: string, addresses: string[], iterations: number): string[] {
  const world = ['--world', 'hosts', '--hosts', addresses.join(), '--keys', keys, '--no-ui'];
  return [...world, '--set', `training.iterations=${iterations}`, '--out', `${t.testdirName}/out`];
}

/** Ours, beside what loaders leave. */
function leftIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.startsWith('ringtmp'));
}

const LONG = 1_000_000;

t.test(
  'a run on hosts ends with the simulated weights; in a ring neighbours alone connect',
  async (t) => {
    const keys = await keysIn(t);
    const hosts = await Promise.all([0, 1, 2, 3].map(() => startHost(t, keys)));
    const addresses = hosts.map(({ address }) => address);
    const run = new Machine(t, [...wordsOf(t, keys, addresses, 5), '--nodes', '4']);
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
  const keys = await keysIn(t);
  const temporary = `${t.testdirName}/temporary`;
  mkdirSync(temporary);
  const [first, second] = await Promise.all([
    startHost(t, keys, { temporary }),
    startHost(t, keys),
  ]);
  const run = new Machine(t, wordsOf(t, keys, [first.address, second.address], LONG));
  await run.says(/[1-9]\d*\/1,000,000 iterations/);
  t.equal(leftIn(temporary).length, 1, 'the disks of its nodes');
  first.machine.process.kill('SIGINT');
  t.equal(await first.machine.status(), 130);
  t.same(leftIn(temporary), []);
  t.equal(await run.status(), 1);
  t.match(run.said, new RegExp(`node \\d: host ${first.address}: the other side closed it`));
  await second.machine.says(/the run is over/);
});

t.test(
  'after a host or a conductor is killed the others say why, and take the next run',
  async (t) => {
    const keys = await keysIn(t);
    const [first, second] = await Promise.all([startHost(t, keys), startHost(t, keys)]);
    const killed = new Machine(t, wordsOf(t, keys, [first.address, second.address], LONG));
    await killed.says(/[1-9]\d*\/1,000,000 iterations/);
    killed.process.kill('SIGKILL');
    await Promise.all([first, second].map(({ machine }) => machine.says(/the run is over: /)));

    const next = new Machine(t, wordsOf(t, keys, [first.address, second.address], LONG));
    await next.says(/[1-9]\d*\/1,000,000 iterations/);
    second.machine.process.kill('SIGKILL');
    t.equal(await next.status(), 1);
    t.match(next.said, new RegExp(`node \\d: host ${second.address}: `));
    await first.machine.says(/the run is over: [^]*the run is over: /);
  },
);

t.test('a run with the key of another cluster ends with a sentence', async (t) => {
  const [keys, others] = [await keysIn(t), `${t.testdirName}/others`];
  writeKeys(others, await newKeys(1));
  const { machine, address } = await startHost(t, keys);
  const run = new Machine(t, wordsOf(t, others, [address], 5));
  t.equal(await run.status(), 1);
  t.match(run.said, new RegExp(`host ${address}: it has the key of another cluster`));
  await setTimeout(50);
  t.equal(machine.said.split('\n').filter((line) => line.startsWith('refused')).length, 1);
});
