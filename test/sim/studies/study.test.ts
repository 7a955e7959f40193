/** A study in this process: its rows, its tables, its searches, and what it refuses (docs/study.md). */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import t from 'tap';
import { numberAt } from '../../../reports/check.ts';
import type { RunOutcome } from '../../../reports/studies/run-outcome.ts';
import { tinyScenario } from '../scenario/tiny-scenario.ts';
import { runHere, scenarioFile, summariesIn } from '../commands/run-command.ts';
import { journalLines, rowsIn, studyFile, studyHere, tinyStudy } from './run-study-command.ts';

t.test('a row a run: all parameters, all measures, digest and versions', async (t) => {
  const folder = t.testdir();
  const out = join(folder, 'out');
  const { status, stderr } = await studyHere(studyFile(folder, tinyStudy()), '--out', out);
  t.equal(status, 0, stderr);
  t.strictSame(readdirSync(out).sort(), [
    'report.html',
    'results.csv',
    'results.parquet',
    'runs.jsonl',
    'study.json',
  ]);
  const rows = rowsIn(out);
  const points = rows.map((row) => `${row['cluster.nodes']} ${row['protocol']} ${row['seed']}`);
  t.strictSame(points, [
    ...['2 ring-tmp 1', '2 ring-tmp 2', '2 ps-bsp 1', '2 ps-bsp 2'],
    ...['3 ring-tmp 1', '3 ring-tmp 2', '3 ps-bsp 1', '3 ps-bsp 2'],
  ]);
  for (const row of rows) {
    t.match(row['digest'], /^[0-9a-f]{16}$/);
    t.equal(row['node'], process.versions.node);
    t.equal(row['outcome'], 'finished');
  }
});

t.test('figures of the CSV and of the Parquet file are those of the summaries', async (t) => {
  const folder = t.testdir();
  const out = join(folder, 'out');
  await studyHere(studyFile(folder, tinyStudy()), '--out', out);
  const summaries = journalLines(out).map((line) => (JSON.parse(line) as RunOutcome).summary!);
  const rows = rowsIn(out);
  const file = await asyncBufferFromFile(join(out, 'results.parquet'));
  const records = await parquetReadObjects({ file });
  t.equal(records.length, rows.length);
  rows.forEach((row, at) => {
    const summary = summaries.find(({ digest }) => digest === row['digest'])!;
    for (const path of tinyStudy().measure!) {
      t.equal(Number(row[path]), numberAt(summary, path));
      t.equal(records[at][path], numberAt(summary, path));
    }
    t.equal(records[at]['key'], row['key']);
  });
});

t.test('a run of a study is the run that npm run sim gives', async (t) => {
  const folder = t.testdir();
  const out = join(folder, 'out');
  await studyHere(studyFile(folder, tinyStudy()), '--out', out);
  const file = scenarioFile(folder, tinyScenario());
  await runHere([file, '--seed', '2', '--nodes', '2', '--out', join(folder, 'alone')]);
  const row = rowsIn(out).find((one) => one['protocol'] === 'ring-tmp' && one['seed'] === '2')!;
  t.equal(row['digest'], summariesIn(join(folder, 'alone'))[0].digest);
});

t.test('--sweep and --seeds are a study of a scenario', async (t) => {
  const folder = t.testdir();
  const protocol = [{ kind: 'ring-tmp' }, { kind: 'ps-bsp' }];
  const file = scenarioFile(folder, { ...tinyScenario(), protocol });
  const out = join(folder, 'out');
  const { status, stderr } = await runHere([
    ...[file, '--out', out, '--seeds', '2', '--sweep', 'cluster.nodes=2,3'],
    ...['--sweep', 'cluster.network.bandwidth=1 Gbit/s,10 Gbit/s'],
  ]);
  t.equal(status, 0, stderr);
  const rows = rowsIn(out);
  t.equal(rows.length, 16);
  t.strictSame(
    [...new Set(rows.map((row) => row['cluster.network.bandwidth']))],
    ['1 Gbit/s', '10 Gbit/s'],
  );
});

t.test('values that belong together are paired, ranges are filled, names set fields', async (t) => {
  const folder = t.testdir();
  const out = join(folder, 'out');
  const study = {
    ...tinyStudy(),
    repeat: [5, 9],
    paired: { 'cluster.nodes': [2, 3], 'training.batch': [8, 12] },
    vary: {
      'training.iterations': { from: 2, to: 8, times: 2 },
      hosts: [
        { called: 'equal', set: {} },
        { called: 'slow', set: { 'cluster.host.speed': '1 MFLOP/s' } },
      ],
    },
  };
  const { status, stderr } = await studyHere(studyFile(folder, study), '--out', out);
  t.equal(status, 0, stderr);
  const rows = rowsIn(out);
  t.equal(rows.length, 2 * 3 * 2 * 2);
  const pairs = rows.map((row) => `${row['cluster.nodes']} ${row['training.batch']}`);
  t.strictSame([...new Set(pairs)], ['2 8', '3 12']);
  t.strictSame([...new Set(rows.map((row) => row['training.iterations']))], ['2', '4', '8']);
  const secondsOf = (hosts: string) =>
    Number(rows.find((row) => row['hosts'] === hosts)!['time.modelledSeconds']);
  t.ok(secondsOf('slow') > 2 * secondsOf('equal'));
});

t.test('a search finds the largest model by bisection, and what stopped the next', async (t) => {
  const folder = t.testdir();
  const out = join(folder, 'out');
  const cost = { ...tinyScenario(), data: { kind: 'none' as const } };
  const study = {
    ...tinyStudy(),
    repeat: 1,
    base: {
      ...cost,
      model: { kind: 'mlp', layers: [64, '$', '$', 10] },
      training: { batch: 8, iterations: 1, numerics: 'cost' as const },
    },
    search: { called: 'width', from: 8, to: 100_000 },
  };
  const { status, stderr } = await studyHere(studyFile(folder, study), '--out', out);
  t.equal(status, 0, stderr);
  for (const row of rowsIn(out)) {
    const width = Number(row['width']);
    t.equal(row['isOpen'], 'false');
    t.match(row['limit'], /out of memory/);
    t.match(row['limitItem'], /\w/);
    t.equal(Number(row['parameters']), 65 * width + (width + 1) * width + (width + 1) * 10);
    for (const [more, outcome] of [[0, 'finished'] as const, [1, 'failed'] as const]) {
      const layers = [64, width + more, width + more, 10];
      const protocol = { kind: row['protocol'] };
      const one = { ...study.base, model: { kind: 'mlp' as const, layers }, protocol };
      const file = scenarioFile(folder, { ...one, expect: [] });
      const alone = join(folder, 'alone');
      await runHere([file, '--nodes', row['cluster.nodes'], '--out', alone]);
      t.equal(summariesIn(alone)[0].outcome, outcome, `${row['protocol']} with ${width + more}`);
    }
  }
});

t.test('a combination that cannot be run is a row that says why', async (t) => {
  const folder = t.testdir();
  const out = join(folder, 'out');
  const study = { ...tinyStudy(), repeat: 1, vary: { 'cluster.nodes': [3, 40] } };
  const protocol = [{ kind: 'ring-tmp' as const }, { kind: 'ps-bsp' as const }];
  const base = { ...tinyScenario(), protocol };
  const { status } = await studyHere(studyFile(folder, { ...study, base }), '--out', out);
  t.equal(status, 0);
  const refused = rowsIn(out).filter((row) => row['outcome'] === 'refused');
  t.ok(refused.length > 0);
  for (const row of refused) t.match(row['failure'], /would be right/);
});

t.test('shards of a study share a folder, and together they are the study', async (t) => {
  const folder = t.testdir();
  const file = studyFile(folder, tinyStudy());
  const [whole, parts] = [join(folder, 'whole'), join(folder, 'parts')];
  await studyHere(file, '--out', whole);
  await studyHere(file, '--out', parts, '--shard', '2/2');
  t.equal(rowsIn(parts).length, 4);
  await studyHere(file, '--out', parts, '--shard', '1/2');
  t.equal(
    readFileSync(join(parts, 'results.csv'), 'utf8'),
    readFileSync(join(whole, 'results.csv'), 'utf8'),
  );
});

t.test('bad studies are answered in one sentence, with status 2 and nothing written', async (t) => {
  const folder = t.testdir({ full: { 'notes.txt': '' } });
  const tiny = tinyStudy();
  const cases: [object, RegExp][] = [
    [{ ...tiny, vary: { 'cluster.nodes': [] } }, /vary\.cluster\.nodes.*at least one value/],
    [{ ...tiny, vary: { 'cluster.nodes': { from: 9, to: 3, by: 1 } } }, /which is empty/],
    [{ ...tiny, vary: { 'cluster.nodez': [1, 2] } }, /cluster\.nodez is no field/],
    [{ ...tiny, vary: { 'training.batch': [8, 'many'] } }, /'many'.*training\.batch=many/],
    [{ ...tiny, vary: { 'cluster.nodes': [2, 2] } }, /has 2 twice/],
    [{ ...tiny, wary: {} }, /wary is no field/],
    [{ ...tiny, measure: ['waiting.men'] }, /measure names 'waiting\.men'/],
    [{ ...tiny, paired: { 'cluster.nodes': [2], seed: [1, 2] } }, /equally long lists/],
    [{ ...tiny, base: undefined }, /base is missing/],
    [{ ...tiny, repeat: 0 }, /repeat/],
    [{ ...tiny, search: { called: 'n', from: 4, to: 2 } }, /search\.to is 2/],
  ];
  for (const [study, says] of cases) {
    const out = join(folder, 'out');
    const { status, stdout, stderr } = await studyHere(studyFile(folder, study), '--out', out);
    t.equal(status, 2, String(says));
    t.match(stderr, says);
    t.match(stderr, /would be right\b.*\n$/);
    t.equal(stderr.split('\n').length, 2, 'one line');
    t.equal(stdout, '');
    t.notOk(existsSync(out));
  }
  const file = studyFile(folder, tiny);
  for (const [words, says] of [
    [['--out', join(folder, 'full')], /holds 'notes\.txt'/],
    [['--workers', '0'], /--workers is '0'/],
    [['--shard', '3/2'], /--shard is '3\/2'/],
  ] as const) {
    const { status, stderr } = await studyHere(file, ...words);
    t.equal(status, 2);
    t.match(stderr, says);
  }
});

t.test('an unfinished study is not begun anew by mistake', async (t) => {
  const folder = t.testdir();
  const out = join(folder, 'out');
  const file = studyFile(folder, tinyStudy());
  await studyHere(file, '--out', out);
  const lines = journalLines(out);
  writeFileSync(join(out, 'runs.jsonl'), lines.slice(0, 3).join('\n') + '\n{"key": "torn');
  const { status, stderr } = await studyHere(file, '--out', out);
  t.equal(status, 2);
  t.match(stderr, /holds 3 of the study's 8 runs; --resume/);
  const resumed = await studyHere(file, '--out', out, '--resume');
  t.match(resumed.stderr, /8 runs, 3 of them done before/);
  t.strictSame(journalLines(out).slice(0, 3), lines.slice(0, 3));
  t.equal(new Set(journalLines(out).map((line) => JSON.parse(line).key)).size, 8);
});
