/** A real run that is killed as a whole, at any instant, goes on from its checkpoints and ends with the same weights. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { begin, execute, ITERATIONS, killAll, madeIterations, placed } from './kept-runs.ts';

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
