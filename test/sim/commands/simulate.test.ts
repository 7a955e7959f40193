/** The sim command in this process: what it writes, what it says, how it ends, and the digests it comes to. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { dataOf, simulate } from '../../../sim/assemble.ts';
import { resolveScenario } from '../../../sim/scenario/resolve.ts';
import { tinyScenario } from '../scenario/tiny-scenario.ts';
import { runHere, scenarioFile, summariesIn } from './run-command.ts';

const FILES = ['iterations.csv', 'links.csv', 'nodes.csv', 'scenario.json', 'summary.json'];

t.test('a run leaves its five files, its table and status 0 (docs/results.md)', async (t) => {
  const folder = t.testdir();
  const out = join(folder, 'deep', 'out');
  const file = scenarioFile(folder, tinyScenario());
  const { status, stdout, stderr } = await runHere([file, '--out', out]);
  t.equal(status, 0);
  t.strictSame(readdirSync(out).sort(), FILES);
  t.strictSame(readdirSync(join(folder, 'deep')), ['out'], 'nothing beside the folder');
  const [summary] = summariesIn(out);
  t.match(summary, { protocol: 'ring-tmp', world: 'simulated', partial: false });
  t.equal(summary.training.iterations, 4);
  t.match(summary.digest, /^[0-9a-f]{16}$/);
  t.match(String(summary.training.weightsSha256), /^[0-9a-f]{64}$/);
  t.match(stdout, summary.digest, 'the table shows the digest');
  t.match(stderr, /^tiny: seed 1, 3 nodes, ring/, 'seed and options come first');
  t.ok(stderr.includes(`results in ${out}\n`));
  const rows = readFileSync(join(out, 'iterations.csv'), 'utf8').trim().split('\n');
  t.equal(rows.length, 5, 'a header and a row an iteration');
});

t.test('the digests are those of the scenario and seed alone', async (t) => {
  const folder = t.testdir();
  const file = scenarioFile(folder, {
    ...tinyScenario(),
    cluster: {
      ...tinyScenario().cluster,
      jitter: {
        compute: { kind: 'exponential', mean: 1 },
        latency: { kind: 'uniform', low: 1, high: 3 },
      },
    },
  });
  const digestOf = async (from: string, name: string, ...options: string[]) => {
    const out = join(folder, name);
    const { status } = await runHere([from, '--out', out, ...options]);
    t.equal(status, 0);
    const [{ digest, numbersDigest }] = summariesIn(out);
    return `${digest} ${numbersDigest}`;
  };
  const first = await digestOf(file, 'first');
  t.equal(await digestOf(file, 'first'), first, 'again, over the earlier results');
  t.equal(await digestOf(file, 'traced', '--trace'), first, 'with a trace');
  t.ok(existsSync(join(folder, 'traced', 'trace.json')));
  const kept = join(folder, 'first', 'scenario.json');
  t.equal(await digestOf(kept, 'rerun'), first, 'from its scenario.json');
  t.same(readFileSync(join(folder, 'rerun', 'scenario.json')), readFileSync(kept));
  t.not(await digestOf(file, 'other', '--seed', '2'), first, 'another seed');
  t.equal(await digestOf(file, 'seed', '--seed', '1'), first, 'the default seed by name');

  const { scenario } = await resolveScenario(JSON.parse(readFileSync(file, 'utf8')));
  const { simulation } = simulate(scenario, 0, dataOf(scenario));
  while (simulation.run(1));
  t.equal(simulation.result().digest, first.split(' ')[0], 'unobserved, one event at a time');
});

t.test('one shape, one protocol or several: versions, the scenario and its runs', async (t) => {
  const folder = t.testdir();
  const out = join(folder, 'out');
  await runHere([scenarioFile(folder, tinyScenario()), '--out', out]);
  const { runs, ...rest } = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8'));
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  t.same(rest, { program: version, node: process.versions.node, scenario: 'tiny' });
  t.equal(runs.length, 1);
});

t.test('the learning rate changes no event, and the digest of numbers says so', async (t) => {
  const folder = t.testdir();
  const file = scenarioFile(folder, tinyScenario());
  const [slow, fast] = await Promise.all(
    ['0.01', '0.1'].map(async (rate) => {
      const out = join(folder, rate);
      await runHere([file, '--set', `training.learningRate=${rate}`, '--out', out]);
      return summariesIn(out)[0];
    }),
  );
  t.equal(slow.digest, fast.digest);
  t.not(slow.numbersDigest, fast.numbersDigest);
});

t.test('several protocols: a run each, and one that fails loses nothing', async (t) => {
  const folder = t.testdir();
  const tiny = tinyScenario();
  const file = scenarioFile(folder, {
    ...tiny,
    cluster: { ...tiny.cluster, host: { speed: '1 GFLOP/s', memory: '900 B' } },
    protocol: [{ kind: 'ring-tmp' }, { kind: 'ps-bsp' }, { kind: 'ring-tmp', label: 'again' }],
  });
  const { status, stderr } = await runHere([file, '--out', join(folder, 'out')]);
  t.equal(status, 1);
  const [ring, server, again] = summariesIn(join(folder, 'out'));
  t.match(ring, { label: 'ring-tmp', outcome: 'finished', partial: false });
  t.match(server, { label: 'ps-bsp', outcome: 'failed' });
  t.match(again, { label: 'again', outcome: 'finished', digest: ring.digest });
  t.match(stderr, /^ps-bsp: .*out of memory/im, 'says what happened');
});

t.test('--check prints each expectation and fails when one does not hold', async (t) => {
  const folder = t.testdir();
  const tiny = tinyScenario();
  const file = scenarioFile(folder, {
    ...tiny,
    expect: [...tiny.expect!, { value: 'training.samples', atLeast: 33 }],
  });
  const out = join(folder, 'out');
  const checked = await runHere([file, '--check', '--out', out]);
  t.equal(checked.status, 1);
  t.match(checked.stderr, /^yes {2}ring-tmp: training\.iterations is 4/m);
  t.match(checked.stderr, /^no {3}ring-tmp: training\.samples is 32/m);
  t.strictSame(readdirSync(out).sort(), FILES, 'results are written all the same');
  t.equal((await runHere([file, '--out', out])).status, 0, 'without --check nobody asks');
});

t.test('overrides act, stops stop, and fields without effect are told of', async (t) => {
  const folder = t.testdir();
  const file = scenarioFile(folder, tinyScenario());
  const out = join(folder, 'out');
  const run = async (...words: string[]) => {
    const said = await runHere([file, '--out', out, ...words]);
    t.equal(said.status, 0, words.join(' '));
    return { ...said, summary: summariesIn(out)[0] };
  };
  t.equal((await run('--nodes', '5')).summary.nodes, 5);
  t.equal((await run('--set', 'training.iterations=2')).summary.training.iterations, 2);
  const stopped = await run('--set', 'stop.time=100 us');
  t.match(stopped.summary, { outcome: 'stopped', partial: false, time: { modelledSeconds: 1e-4 } });
  t.match(await run('--set', 'stop.loss=1000'), { summary: { training: { iterations: 1 } } });
  const cost = await run('--set', 'training.numerics=cost');
  t.match(cost.stderr, /^warning: data has no effect under cost numerics$/m);
  t.match(cost.stderr, /^warning: training\.evaluateEvery has no effect under cost numerics$/m);
  t.equal(cost.summary.training.weightsSha256, null);
});

t.test('--schema prints a JSON Schema that names every protocol and refuses others', async (t) => {
  const { status, stdout } = await runHere(['--schema']);
  t.equal(status, 0);
  const schema = JSON.parse(stdout) as { required: string[]; additionalProperties: boolean };
  t.equal(schema.additionalProperties, false);
  t.strictSame(schema.required, ['name', 'cluster', 'model', 'training', 'protocol']);
  for (const kind of ['seq-sgd', 'ring-tmp', 'ps-bsp', 'ps-asp'])
    t.ok(stdout.includes(`"const": "${kind}"`), kind);
});

t.test('a trace is cut at its limit, with a warning, and holds all protocols', async (t) => {
  const folder = t.testdir();
  const out = join(folder, 'out');
  const protocol = [{ kind: 'ring-tmp' }, { kind: 'ps-bsp' }];
  const file = scenarioFile(folder, { ...tinyScenario(), protocol });
  const run = async (...words: string[]) => {
    const { status, stderr } = await runHere([file, '--out', out, ...words]);
    t.equal(status, 0);
    const text = existsSync(join(out, 'trace.json'))
      ? readFileSync(join(out, 'trace.json'), 'utf8')
      : '{}';
    return { stderr, trace: JSON.parse(text), summaries: summariesIn(out) };
  };
  const whole = await run('--trace');
  t.same(whole.summaries[0].warnings, []);
  const jobsOf = (trace: any, pid: number): number =>
    trace.traceEvents.filter((event: any) => event.pid === pid && event.cat === 'busy').length;
  const jobs = [1, 2].map((pid) => jobsOf(whole.trace, pid));
  t.ok(Math.min(...jobs) > 4, 'each has a process of its own');
  const cut = await run('--trace', '--trace-limit', '20');
  const warning = /trace\.json leaves out [\d,]+ jobs and messages.*--trace-limit/;
  for (const { warnings } of cut.summaries) t.match(warnings, [warning]);
  t.match(cut.stderr, warning);
  t.ok([1, 2].every((pid, index) => jobsOf(cut.trace, pid) < jobs[index]));
  t.match((await run('--trace-limit', '20')).stderr, /--trace-limit has no effect without --trace/);
  const refused = await runHere([file, '--trace-limit', 'many', '--out', out]);
  t.equal(refused.status, 2);
  t.match(refused.stderr, /^--trace-limit is 'many'; a whole number .* would be right\n$/);
});
