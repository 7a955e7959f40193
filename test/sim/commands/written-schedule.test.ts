/** Schedules as files: one that is run, and what a run did (PROTOCOLS H). */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Protocol, Scenario } from '../../../scenarios/scenario.ts';
import { tinyScenario } from '../scenario/tiny-scenario.ts';
import { runHere, scenarioFile, summariesIn } from './run-command.ts';

/** Two chunks on each of two ranks, out of the order of micro-batches. */
const TABLE = '0F1,0F0,2F1,,2F0,2B1,2B0,0B1,0B0\n1F1,1F0,3F1,3I1,3F0,(1F2;3B0)OVERLAP_F_B\n';
const GOOD = ['0F1,0F0,2F1,,2F0,2B1,2B0,0B1,0B0', '1F1,1F0,3F1,3B1,3W1,3F0,3B0,1B1,1B0'];

function scenarioOf(protocol: Protocol, nodes = 2): Scenario {
  const tiny = tinyScenario();
  return { ...tiny, cluster: { ...tiny.cluster, nodes }, protocol };
}

t.test(
  'a table in a file runs with the bits of seq-sgd, and again from scenario.json',
  async (t) => {
    const folder = t.testdir({ 'table.csv': `\uFEFF${GOOD.join('\r\n')}\r\n` });
    const [out, again, alone] = ['out', 'again', 'alone'].map((name) => join(folder, name));
    const options = { kind: 'pipeline', schedule: { file: 'table.csv' } };
    const file = scenarioFile(folder, scenarioOf(options));
    const written = join(folder, 'did.csv');
    t.equal((await runHere([file, '--out', out, '--write-schedule', written])).status, 0);
    const did = readFileSync(written, 'utf8').trimEnd().split('\n');
    t.same(
      did,
      GOOD.map((line) => line.replace(',,', ',').replace('3B1', '3I1')),
      'what it did is what the table says',
    );
    t.equal((await runHere([join(out, 'scenario.json'), '--out', again])).status, 0);
    t.equal(summariesIn(again)[0].digest, summariesIn(out)[0].digest);
    await runHere([scenarioFile(folder, scenarioOf({ kind: 'seq-sgd' })), '--out', alone]);
    const weightsOf = (place: string) => summariesIn(place)[0].training.weightsSha256;
    t.equal(weightsOf(out), weightsOf(alone));
  },
);

for (const protocol of [{ kind: 'ring-tmp' }, { kind: 'dualpipe-v' }, { kind: 'zb1p', chunks: 2 }])
  t.test(`what ${protocol.kind} did can be run again, to the same weights`, async (t) => {
    const folder = t.testdir();
    const [first, second] = ['first', 'second'].map((name) => join(folder, name));
    const file = scenarioFile(folder, scenarioOf(protocol, 3));
    const words = ['--write-schedule', join(folder, 'did.csv')];
    t.equal((await runHere([file, '--out', first, ...words])).status, 0);
    const options = { kind: 'pipeline', schedule: { file: 'did.csv' } };
    const again = scenarioFile(folder, scenarioOf(options, 3));
    const { status, stderr } = await runHere([again, '--out', second]);
    t.equal(status, 0, stderr);
    const [one, other] = [first, second].map((place) => summariesIn(place)[0].training);
    t.equal(other.weightsSha256, one.weightsSha256);
  });

const BAD: readonly [string, string, Partial<Scenario['training']>, string][] = [
  [
    'a table that waits for ever',
    '0F0,0B0\n1B0,1F0',
    { microBatches: 1 },
    'protocol.schedule: rank 1, column 0 (from 0): 1B0 would wait for ever for 1F0 at rank 1, column 1 (from 0), in the same row; an order in which every input comes first would be right',
  ],
  [
    'what is no table',
    'root:secret-of-somebody\n',
    {},
    "protocol.schedule: rank 0, column 0 (from 0): 'root:secret-of-s' is no action of a schedule; such as '2F3' would be right",
  ],
  [
    'a stage that is cut off',
    TABLE,
    {},
    'protocol.schedule: rank 0 (from 0) has no 0F2, and the table has 3 micro-batches; every action once would be right',
  ],
  [
    'a rank too many',
    '0F0,0B0\n1F0,1B0\n2F0,2B0',
    { microBatches: 1 },
    'protocol.schedule: a table of 3 ranks does not fit a pipeline of 2 nodes (cluster.nodes); 3 would be right',
  ],
  [
    'other micro-batches',
    '0F0,0B0\n1F0,1B0',
    {},
    'training.microBatches: a pipeline has 2 micro-batches, and the table of protocol.schedule 1; 1 would be right',
  ],
];

for (const [what, table, training, sentence] of BAD)
  t.test(`${what} is refused in a sentence, and nothing is written`, async (t) => {
    const folder = t.testdir({ 'table.csv': table });
    const options = { kind: 'pipeline', schedule: { file: 'table.csv' } };
    const scenario = scenarioOf(options);
    const file = scenarioFile(folder, {
      ...scenario,
      training: { ...scenario.training, ...training },
    });
    const out = join(folder, 'out');
    const { status, stderr } = await runHere([file, '--out', out]);
    t.equal(status, 2);
    t.equal(stderr, `${file}: ${sentence}\n`);
    t.notOk(existsSync(out));
  });

t.test('a table that is not there is named with its field', async (t) => {
  const folder = t.testdir();
  const options = { kind: 'pipeline', schedule: { file: 'none.csv' } };
  const file = scenarioFile(folder, { ...scenarioOf([options] as never) });
  const { status, stderr } = await runHere([file, '--out', join(folder, 'out')]);
  t.equal(status, 2);
  t.equal(
    stderr,
    `${file}: protocol[0].schedule.file is 'none.csv', which is no file in ${folder}; a text file would be right\n`,
  );
});

t.test('--write-schedule needs one protocol, a place to write to, and a pipeline', async (t) => {
  const folder = t.testdir();
  const two = scenarioOf([{ kind: 'gpipe' }, { kind: '1f1b' }] as never);
  const file = scenarioFile(folder, two);
  const out = ['--out', join(folder, 'out')];
  const many = await runHere([file, ...out, '--write-schedule', join(folder, 'did.csv')]);
  t.equal(many.status, 2);
  t.match(many.stderr, /the table of one protocol, and the scenario has 2; one would be right/);
  const one = scenarioFile(folder, scenarioOf({ kind: 'ps-bsp' }, 3));
  writeFileSync(join(folder, 'plain'), '');
  const nowhere = await runHere([one, ...out, '--write-schedule', join(folder, 'plain', 'x.csv')]);
  t.equal(nowhere.status, 2);
  t.match(nowhere.stderr, /cannot be written .* another file would be right/);
  t.notOk(existsSync(join(folder, 'out')), 'nothing is written');
  const idle = await runHere([one, ...out, '--write-schedule', join(folder, 'did.csv')]);
  t.equal(idle.status, 0);
  t.match(
    idle.stderr,
    /warning: --write-schedule has no effect, no node was a stage of a pipeline/,
  );
  t.notOk(existsSync(join(folder, 'did.csv')));
});
