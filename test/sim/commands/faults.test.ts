/** The sim command on a scenario with faults: its files, its events, and the same run without them beside it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Scenario } from '../../../scenarios/scenario.ts';
import { tinyScenario } from '../scenario/tiny-scenario.ts';
import { runHere, scenarioFile, summariesIn } from './run-command.ts';

/** Nothing that needs a repair: a slow host, lost frames, and a fault long after the end. */
function faultyScenario(given: Partial<Scenario> = {}): Scenario {
  return {
    ...tinyScenario(),
    faults: [
      { at: 0, kind: 'slow', node: 1, factor: 3 },
      { at: 0, kind: 'loss', probability: 0.05 },
      { at: '9 h', kind: 'crash', node: 0 },
    ],
    ...given,
  };
}

t.test(
  'faults leave a row each, an event log, and a warning of those that struck nothing',
  async (t) => {
    const folder = t.testdir();
    const out = join(folder, 'out');
    const { status, stdout, stderr } = await runHere([
      scenarioFile(folder, faultyScenario()),
      '--out',
      out,
    ]);
    t.equal(status, 0);
    const files = readdirSync(out);
    t.ok(files.includes('faults.csv') && files.includes('events.csv'));
    const [summary] = summariesIn(out);
    t.match(summary.faults, [
      { kind: 'slow', rule: 0, nodes: [1], struckSeconds: 0, endSeconds: null, iterationsSince: 4 },
      { kind: 'loss', rule: 1 },
    ]);
    t.equal(summary.faults.length, 2);
    t.match(summary.resilience, { strikes: 2, redoneSamples: 0, lost: { count: 0 } });
    t.notOk('slowdown' in summary.resilience!, 'nobody asked for a comparison');
    t.match(summary.warnings, [/^faults\[2\] .* struck nothing/]);
    t.match(stderr, /^warning: faults\[2\]/m);
    t.match(stderr, /^at 0 s: node 1 slows down$/m);
    t.match(stdout, /^faults +2$/m);
    const events = readFileSync(join(out, 'events.csv'), 'utf8').split('\n');
    t.equal(events[1], 'ring-tmp,0,1,struck,node 1 slows down');
    t.equal(readFileSync(join(out, 'faults.csv'), 'utf8').split('\n').length, 4);
  },
);

t.test('--baseline runs each protocol without faults too: loss is only delay', async (t) => {
  const folder = t.testdir();
  const protocol: Scenario['protocol'] = [{ kind: 'ring-tmp' }, { kind: 'ps-bsp' }];
  const file = scenarioFile(folder, faultyScenario({ protocol }));
  const plain = join(folder, 'plain');
  const both = join(folder, 'both');
  await runHere([file, '--out', plain]);
  const { status } = await runHere([file, '--baseline', '--out', both]);
  t.equal(status, 0);
  const summaries = summariesIn(both);
  t.equal(summaries.length, 2, 'the comparison is no run of the scenario');
  for (const [index, { digest, resilience }] of summaries.entries()) {
    t.equal(digest, summariesIn(plain)[index].digest, 'the run itself is the same');
    t.match(resilience, { weightsEqualToFaultless: true, finalLossDifference: 0 });
    t.ok(resilience!.slowdown! > 1);
  }
});

t.test('--check runs without faults too where an expectation speaks of it', async (t) => {
  const folder = t.testdir();
  const expecting = (atMost: number): string =>
    scenarioFile(
      folder,
      faultyScenario({
        name: `most-${atMost}`,
        expect: [{ value: 'resilience.slowdown', atMost }],
      }),
    );
  const holds = await runHere([expecting(1000), '--check', '--out', join(folder, 'holds')]);
  t.equal(holds.status, 0);
  t.match(holds.stderr, /^yes {2}ring-tmp: resilience\.slowdown is \d/m);
  const fails = await runHere([expecting(1), '--check', '--out', join(folder, 'fails')]);
  t.equal(fails.status, 1);
});

t.test('--baseline of a scenario without faults has no effect, and says so', async (t) => {
  const folder = t.testdir();
  const out = join(folder, 'out');
  const file = scenarioFile(folder, tinyScenario());
  const { status, stderr } = await runHere([file, '--baseline', '--out', out]);
  t.equal(status, 0);
  t.match(stderr, /^warning: --baseline has no effect/m);
  t.notOk(readdirSync(out).some((name) => name === 'faults.csv' || name === 'events.csv'));
  t.equal(summariesIn(out)[0].resilience, null);
});
