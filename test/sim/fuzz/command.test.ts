import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { fuzzCommand } from '../../../sim/fuzz/fuzz-command.ts';
import { readFinding, saveFinding } from '../../../sim/fuzz/finding.ts';
import { progressLine } from '../../../sim/fuzz/fuzz-progress.ts';
import { smallScenario } from './small-case.ts';

const folder = mkdtempSync(join(tmpdir(), 'fuzz-test-'));
t.teardown(() => rmSync(folder, { recursive: true }));

async function fuzz(...words: string[]) {
  const said = { stdout: '', stderr: '' };
  const status = await fuzzCommand(words, {
    stdout: { write: (text) => (said.stdout += text) },
    stderr: { write: (text) => (said.stderr += text) },
    isTerminal: false,
  });
  return { status, ...said };
}

t.test('bad input is one sentence and status 2', async (t) => {
  for (const [words, sentence] of [
    [['--seeds', '0'], /^--seeds is '0'; a whole number of at least 1 would be right$/],
    [['--from', 'x'], /^--from is 'x'; a whole number of at least 0 would be right$/],
    [['--minutes', '-1'], /^--minutes is '-1'; a number above 0 would be right$/],
    [['--protocol', 'ring'], /^--protocol names 'ring'; .*'ring-tmp'.* would be right$/],
    [
      ['--replay', 'none.json'],
      /^none.json cannot be read \(.*\); a seed or the file of a finding/,
    ],
    [['--sneeds', '1'], /^unknown option '--sneeds'/],
  ] as const) {
    const { status, stderr, stdout } = await fuzz(...words);
    t.equal(status, 2);
    t.match(stderr.trimEnd(), sentence);
    t.equal(stdout, '');
  }
});

t.test('a few seeds are drawn, run and judged on threads', async (t) => {
  const { status, stdout, stderr } = await fuzz(
    ...['--seeds', '4', '--from', '1', '--threads', '2', '--out', folder],
  );
  t.equal(status, 0, stderr);
  t.match(stdout, /^4 seeds: .*; 0 broke a claim$/m);
  t.match(stderr, /^seeds from 1 to 4, seq-sgd(, [a-z0-9-]+)+, 2 threads, \d+ claims$/m);
  t.match(stderr, / 4\/4 seeds, .*, 0 findings$/m);
});

t.test('a scenario that breaks a claim is replayed from its file, with status 1', async (t) => {
  const scenario = { ...smallScenario(), cluster: { ...smallScenario().cluster, nodes: 40 } };
  const finding = { claim: 'runnable', sentence: 'too many', seed: 7, others: [], scenario };
  const path = saveFinding(folder, finding);
  t.same(readdirSync(folder), ['runnable-7.json']);
  t.equal(JSON.parse(readFileSync(path, 'utf8')).command, `npm run fuzz -- --replay ${path}`);
  t.same(readFinding(path), scenario);
  const { status, stderr } = await fuzz('--replay', path);
  t.equal(status, 1);
  t.match(stderr, /^broken: runnable: /);
  t.match(stderr, /40 nodes are more than the model has neurons/);
});

t.test('a scenario that breaks none is replayed with status 0, from a seed too', async (t) => {
  const path = join(folder, 'small.json');
  writeFileSync(path, JSON.stringify(smallScenario()));
  const { status, stdout, stderr } = await fuzz('--replay', path);
  t.equal(status, 0);
  t.match(stderr, /all \d+ claims hold/);
  t.same(JSON.parse(stdout), smallScenario());
  const seed = await fuzz('--replay', '1');
  t.equal(seed.status, 0, seed.stderr);
  t.equal(JSON.parse(seed.stdout).name, 'fuzz-1');
});

t.test('the line of progress says what is done, how fast, and how long it takes yet', async (t) => {
  const goal = { seeds: 100, limitMs: Infinity };
  t.match(
    progressLine({ done: 25, found: 1 }, goal, 5000),
    /^━{6}─{18} 25\/100 seeds, 5\.0 seeds\/s, 15 s left, 1 finding$/,
  );
  const timed = { seeds: Infinity, limitMs: 60_000 };
  t.match(
    progressLine({ done: 25, found: 0 }, timed, 30_000),
    /^━{12}─{12} 25 seeds, 0\.8 seeds\/s, 30 s left, 0 findings$/,
  );
  t.match(
    progressLine({ done: 0, found: 0 }, goal, 0),
    / 0\/100 seeds, 0\.0 seeds\/s, 0 findings$/,
  );
});
