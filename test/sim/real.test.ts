/** `npm run real` from the outside: what it prints, writes and leaves, and how it ends when it is interrupted. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { formatSeconds } from '../../engine/format.ts';
import { executeCommand } from '../../sim/commands/execute.ts';
import { resolveScenario } from '../../sim/scenario/resolve.ts';
import { simulated } from './worlds/played.ts';

const ENTRY = fileURLToPath(new URL('../../sim/real.ts', import.meta.url));

const scenario = {
  name: 'two-ways',
  seed: 4,
  cluster: {
    nodes: 3,
    host: { speed: '1 GFLOP/s' },
    network: { kind: 'star', bandwidth: '1 Gbit/s', latency: '20 us' },
  },
  model: { kind: 'mlp', layers: [6, 7, 5, 3] },
  data: { kind: 'synthetic', train: 40, test: 10 },
  training: { batch: 12, microBatches: 3, iterations: 4, learningRate: 0.05 },
  protocol: [{ kind: 'ring-tmp' }, { kind: 'ps-bsp' }, { kind: 'ps-asp' }],
};

/** A folder with the scenario in it. */
function place(t: { testdir(): string }, changes: object = {}): { folder: string; file: string } {
  const folder = t.testdir();
  const file = join(folder, 'scenario.json');
  writeFileSync(file, JSON.stringify({ ...scenario, ...changes }));
  return { folder, file };
}

async function execute(...words: string[]) {
  const said = { stdout: '', stderr: '' };
  const status = await executeCommand(words, {
    stdout: { write: (text) => (said.stdout += text) },
    stderr: { write: (text) => (said.stderr += text) },
    isTerminal: false,
  });
  return { status, ...said };
}

t.test('stop.time ends a real run as it does a simulated one', async (t) => {
  const training = { ...scenario.training, iterations: 200_000 };
  const protocol = { kind: 'ring-tmp' };
  const { folder, file } = place(t, { training, protocol, stop: { time: '300 ms' } });
  const out = join(folder, 'out');
  await execute(file, '--out', out, '--no-ui');
  const { runs } = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8'));
  t.match(runs, [{ world: 'threads', outcome: 'stopped', partial: false }]);
  t.ok(runs[0].time.measuredSeconds >= 0.3);
  t.ok(runs[0].training.iterations < 200_000);
});

t.test('the command says on screen and in summary.json that the weights are equal', async (t) => {
  const { folder, file } = place(t);
  const out = join(folder, 'out');
  const { status, stdout, stderr } = await execute(file, '--out', out, '--no-ui');
  t.equal(status, 0, stderr);
  t.match(stdout, /^ring-tmp: weights equal to the simulated run: yes$/m);
  t.match(stdout, /^ps-bsp: weights equal to the simulated run: yes$/m);
  t.match(stdout, /^ps-asp: weights equal to the simulated run: not claimed/m);
  const { runs } = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8'));
  t.same(
    runs.map((one: any) => [one.world, one.weightsEqualToSimulated, one.digest]),
    [
      ['threads', true, ''],
      ['threads', true, ''],
      ['threads', null, ''],
    ],
  );
  for (const { time, accounting } of runs) {
    t.equal(time.modelledSeconds, undefined, 'measured and modelled times never share a column');
    t.ok(time.measuredSeconds > 0);
    const states: { mean: number }[] = Object.values(accounting);
    const sum = states.reduce((total, { mean }) => total + mean, 0);
    t.ok(Math.abs(sum - 1) < 1e-12, 'busy, redo, comm, idle and down make up the time');
  }
});

t.test(
  'one protocol: the line has no name before it, summary.json has the same shape',
  async (t) => {
    const { folder, file } = place(t, { protocol: { kind: 'ring-tmp' } });
    const out = join(folder, 'out');
    const { status, stdout } = await execute(file, '--nodes', '2', '--seed', '9', '--out', out);
    t.equal(status, 0);
    t.match(stdout, /^weights equal to the simulated run: yes$/m);
    const { runs } = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8'));
    t.match(runs, [{ nodes: 2, seed: 9, weightsEqualToSimulated: true }]);
  },
);

t.test('the twin of a run over a played network is simulated over the same one', async (t) => {
  const hosts = [{ count: 3, speed: '1 GFLOP/s', bandwidth: '9 Gbit/s', latency: '1 us' }];
  const cluster = { ...scenario.cluster, host: undefined, hosts };
  const { folder, file } = place(t, { protocol: { kind: 'ring-tmp' }, cluster });
  const out = join(folder, 'out');
  const played = ['--bandwidth', '2Mbit', '--delay', '7ms'];
  const { status, stdout, stderr } = await execute(file, ...played, '--out', out);
  t.equal(status, 0, stderr);
  const kept = JSON.parse(readFileSync(join(out, 'scenario.json'), 'utf8'));
  const network = { kind: 'star', sharing: 'fifo', bandwidth: 250_000, latency: 0.007 };
  t.same(kept.cluster.network, network);
  const links = { host: { speed: '1 GFLOP/s' }, network };
  const byHand = { ...scenario, protocol: [{ kind: 'ring-tmp' }], cluster: { nodes: 3, ...links } };
  const { scenario: twin } = await resolveScenario(byHand);
  const { timeNs } = simulated(twin).result;
  t.ok(timeNs > 4 * 3 * 7e6, 'three hops an iteration at least');
  t.match(stdout, new RegExp(`^modelled time +- +${formatSeconds(timeNs / 1e9, 4)}$`, 'm'));
  const one = ['--bandwidth', '2Mbit', '--out', out];
  t.equal((await execute(file, ...one)).status, 0);
  const half = JSON.parse(readFileSync(join(out, 'scenario.json'), 'utf8')).cluster.network;
  t.same(half, { ...network, latency: 20e-6 }, 'what is not played stays as it is written');
});

t.test('what cannot be run for real is one sentence, status 2, and nothing written', async (t) => {
  const { folder, file } = place(t);
  const cases: [string[], RegExp][] = [
    [[file, '--world', 'moon'], /--world is 'moon'; 'threads', 'processes' or 'hosts' would be/],
    [[file, '--world', 'hosts'], /--hosts is missing; such as --hosts a:7000,b:7000 would be/],
    [[file, '--world', 'hosts', '--hosts', 'a:7000'], /--keys is missing; a folder that npm run/],
    [
      [file, '--world', 'hosts', '--hosts', 'a:70000', '--keys', folder],
      /--hosts is 'a:70000'; an address and a port would be right, such as 127\.0\.0\.1:7000/,
    ],
    [
      [file, '--world', 'hosts', '--hosts', 'a:7000', '--keys', folder],
      /--keys: .*certificate\.pem cannot be read \(ENOENT\); a folder that npm run real -- keys/,
    ],
    [[file, '--hosts', 'a:7000'], /--hosts is for other machines, and --world is 'threads'/],
    [
      [file, '--bandwidth', '5 parsecs'],
      /--bandwidth is '5 parsecs', which .*; a bandwidth such as/,
    ],
    [[file, '--bandwidth', '0bit'], /--bandwidth is 0; more than that would be right/],
    [[file, '--delay', '5'], /--delay is '5', which has no unit; a time such as '25 us' would be/],
    [[file, '--delay', '-1ms'], /--delay is '-1ms', which is out of range/],
    [[file, '--memory', '64'.repeat(200)], /cluster\.host\.memory/],
    [[file, '--memory', '64 parsecs'], /cluster\.host\.memory is '64 parsecs'/],
    [[file, '--set', 'training.numerics=cost'], /training\.numerics is 'cost'.*'exact'/],
    [[file, '--frobnicate'], /--frobnicate/],
    [[file, '--nodes', '99'], /cluster\.nodes/],
    [
      [file, '--set', 'protocol={"kind":"seq-sgd"}', '--nodes', '1000000'],
      /memory for \d+ threads/,
    ],
    [[join(folder, 'missing.json')], /missing\.json/],
  ];
  for (const [words, sentence] of cases) {
    const { status, stdout, stderr } = await execute(...words, '--out', join(folder, 'out'));
    t.equal(status, 2, words.join(' '));
    t.match(stderr, sentence);
    t.equal(stderr.trim().split('\n').length, 1, 'one sentence');
    t.equal(stdout, '');
  }
  t.equal(existsSync(join(folder, 'out')), false);
});

t.test('a failed run is reported, written, and ends with status 1', async (t) => {
  const { folder, file } = place(t, { protocol: { kind: 'ps-bsp' } });
  const out = join(folder, 'out');
  const little = ['--memory', '500B'];
  const { status, stdout, stderr } = await execute(file, ...little, '--out', out);
  t.equal(status, 1);
  t.match(stderr, /out of memory: node \d/);
  t.match(stdout, /weights equal to the simulated run: not compared/);
  t.match(JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')), {
    runs: [{ outcome: 'failed', weightsEqualToSimulated: null }],
  });
});

t.test('--help shows examples', async (t) => {
  const { status, stdout } = await execute('--help');
  t.equal(status, 0);
  t.match(stdout, /npm run real -- --nodes 4/);
  t.match(stdout, /out\/<scenario>-<world>/);
});

t.test(
  'Ctrl-C ends all threads, writes what was done and leaves nothing half-written',
  async (t) => {
    const { folder, file } = place(t, {
      training: { ...scenario.training, iterations: 1_000_000 },
      protocol: { kind: 'ring-tmp' },
    });
    const scratch = join(folder, 'scratch');
    mkdirSync(scratch);
    const words = ['--import', 'tsx', ENTRY, file, '--out', join(folder, 'out'), '--no-ui'];
    const run = spawn(process.execPath, words, { env: { ...process.env, TMPDIR: scratch } });
    let stderr = '';
    run.stderr.on('data', (data: Buffer) => (stderr += String(data)));
    while (!/ [1-9][\d,]*\/1,000,000 iterations/.test(stderr))
      await Promise.race([once(run.stderr, 'data'), once(run, 'exit')]);
    run.kill('SIGINT');
    const [status] = (await once(run, 'exit')) as [number];
    t.equal(status, 130, stderr);
    const names = ['iterations.csv', 'links.csv', 'nodes.csv', 'scenario.json', 'summary.json'];
    t.same(readdirSync(join(folder, 'out')).sort(), names);
    t.same(readdirSync(folder).sort(), ['out', 'scenario.json', 'scratch']);
    const text = readFileSync(join(folder, 'out', 'summary.json'), 'utf8');
    const [summary] = JSON.parse(text).runs;
    t.match(summary, { partial: true, outcome: 'interrupted', weightsEqualToSimulated: null });
    t.ok(summary.training.iterations > 0);
    const ours = readdirSync(scratch).filter((name) => name.startsWith('ringtmp-'));
    t.same(ours, [], 'the bundle is gone');
  },
);
