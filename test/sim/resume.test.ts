/** A real run that is killed as a whole, at any instant, goes on from its checkpoints and ends with the same weights. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { executeCommand } from '../../sim/commands/execute.ts';

const ENTRY = fileURLToPath(new URL('../../sim/real.ts', import.meta.url));
const ITERATIONS = 60;

const SCENARIO = {
  name: 'kept',
  seed: 4,
  cluster: {
    nodes: 3,
    host: { speed: '1 GFLOP/s' },
    network: { kind: 'star', bandwidth: '1 Gbit/s', latency: '20 us' },
  },
  model: { kind: 'mlp', layers: [6, 7, 5, 3] },
  data: { kind: 'synthetic', train: 40, test: 10 },
  training: { batch: 12, microBatches: 3, iterations: ITERATIONS, learningRate: 0.05 },
  detector: {},
  checkpoint: { every: 5, to: { bandwidth: '1 GB/s', latency: '1 ms' } },
};

function placed(t: Test, protocol: object): { folder: string; file: string; kept: string } {
  const folder = t.testdir();
  const file = join(folder, 'scenario.json');
  writeFileSync(file, JSON.stringify({ ...SCENARIO, protocol }));
  return { folder, file, kept: join(folder, 'out-checkpoints') };
}

/** A run in a group of processes of its own. */
function begin(words: readonly string[]): ChildProcess {
  const command = ['--import', 'tsx', ENTRY, ...words, '--no-ui'];
  return spawn(process.execPath, command, { detached: true, stdio: 'ignore' });
}

async function killAll(run: ChildProcess): Promise<void> {
  if (run.exitCode !== null) return;
  const over = once(run, 'exit');
  process.kill(-run.pid!, 'SIGKILL');
  await over;
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

/** Waits until the journal has so many lines; false if the run has ended before. */
async function madeIterations(run: ChildProcess, kept: string, count: number): Promise<boolean> {
  const journal = join(kept, 'journal');
  while (run.exitCode === null) {
    const lines = existsSync(journal) ? readFileSync(journal, 'utf8').split('\n').length - 1 : 0;
    if (lines >= count) return true;
    await setTimeout(5);
  }
  return false;
}

const CASES: [string, object][] = [
  ['threads', { kind: 'ring-tmp', replicas: 1 }],
  ['processes', { kind: 'ps-bsp' }],
];

for (const [world, protocol] of CASES)
  t.test(`killed at any instant, ${world} go on and end with the same weights`, async (t) => {
    const { folder, file, kept } = placed(t, protocol);
    const kills = fc.sample(fc.integer({ min: 0, max: ITERATIONS - 1 }), 3);
    const out = join(folder, 'out');
    let words = [file, '--world', world, '--out', out];
    for (const after of kills) {
      const run = begin(words);
      if (!(await madeIterations(run, kept, after))) break;
      await killAll(run);
      words = ['--resume', kept, '--out', out];
    }
    const { status, stdout, stderr } = await execute(...words, '--no-ui');
    t.equal(status, 0, stderr);
    t.match(stdout, /^weights equal to the simulated run: yes$/m);
    const [summary] = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8')).runs;
    t.match(summary, { outcome: 'finished', weightsEqualToSimulated: true });
    t.equal(summary.training.iterations, ITERATIONS, 'those before the kill count');
    const states: { mean: number }[] = Object.values(summary.accounting);
    t.ok(Math.abs(states.reduce((sum, { mean }) => sum + mean, 0) - 1) < 1e-9);
    t.equal(existsSync(kept), false, 'nothing is left to go on from');
  });

t.test('a line of the journal that was being written is no line', async (t) => {
  const { folder, file, kept } = placed(t, { kind: 'ring-tmp' });
  const out = join(folder, 'out');
  const run = begin([file, '--out', out]);
  t.ok(await madeIterations(run, kept, 10));
  await killAll(run);
  appendFileSync(join(kept, 'journal'), '{"node":0,"timeNs":5');
  const { status, stdout, stderr } = await execute('--resume', kept, '--no-ui');
  t.equal(status, 0, stderr);
  t.match(stdout, /^weights equal to the simulated run: yes$/m);
  t.match(stderr, new RegExp(`results in ${out}`), 'where the run was to write them');
});

t.test('what cannot go on is one sentence, and nothing is written', async (t) => {
  const { folder, file } = placed(t, { kind: 'ring-tmp' });
  const cases: [string[], RegExp][] = [
    [['--resume', folder], /--resume is '.*', in which no run is kept; a folder such as/],
    [['--resume', folder, '--nodes', '4'], /--nodes has no place beside --resume/],
    [[file, '--resume', folder], /scenario\.json has no place beside --resume/],
  ];
  for (const [words, sentence] of cases) {
    const { status, stderr } = await execute(...words);
    t.equal(status, 2);
    t.match(stderr, sentence);
    t.equal(stderr.trim().split('\n').length, 1);
  }
});
