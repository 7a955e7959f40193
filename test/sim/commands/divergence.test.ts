/** Training that diverges: where it is told, in which words, and how the run ends, simulated and on threads. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Scenario } from '../../../scenarios/scenario.ts';
import { executeCommand } from '../../../sim/commands/execute.ts';
import { tinyScenario } from '../scenario/tiny-scenario.ts';
import { runHere, scenarioFile, summariesIn } from './run-command.ts';

const SENTENCE = /training diverged: the loss is NaN, no finite number, in iteration \d/;

/** A step so large that the second loss is that of no weights at all. */
function divergent(given: Partial<Scenario> = {}): Scenario {
  const { training } = tinyScenario();
  return {
    ...tinyScenario(),
    training: { ...training, evaluateEvery: 0, iterations: 6, learningRate: 1e30 },
    expect: [],
    ...given,
  };
}

const protocols = ['ring-tmp', 'ps-bsp', 'ps-asp', 'seq-sgd'].map((kind) => ({ kind }));

t.test('whatever the protocol, the run fails in the iteration whose loss is NaN', async (t) => {
  const folder = t.testdir();
  const out = join(folder, 'out');
  const file = scenarioFile(folder, divergent({ protocol: protocols }));
  const { status, stdout, stderr } = await runHere([file, '--out', out]);
  t.equal(status, 1);
  const summaries = summariesIn(out);
  t.equal(summaries.length, protocols.length);
  for (const { outcome, failure, training, label } of summaries) {
    t.equal(outcome, 'failed', label);
    t.match(failure, SENTENCE);
    t.match(failure, new RegExp(`in iteration ${training.divergedAt}$`));
    t.ok(training.iterations < 6, 'it stops there');
    t.equal(training.finalLoss, null);
  }
  t.match(stdout, /^final loss( +not finite){3}$/m);
  t.match(stdout, /^diverged at( +iteration \d){3}$/m);
  t.match(stderr, SENTENCE);
  t.match(readFileSync(join(out, 'iterations.csv'), 'utf8'), /,NaN,/);
});

t.test('stop.diverged false goes on to the end, and says so', async (t) => {
  const folder = t.testdir();
  const out = join(folder, 'out');
  const file = scenarioFile(folder, divergent({ stop: { diverged: false } }));
  const { status, stderr } = await runHere([file, '--out', out]);
  t.equal(status, 0);
  const [{ outcome, training, warnings }] = summariesIn(out);
  t.equal(outcome, 'finished');
  t.equal(training.iterations, 6);
  t.match(warnings, [SENTENCE]);
  t.equal(warnings.length, 1, 'once');
  t.equal(training.divergedAt, 1, 'the first of them');
  t.match(stderr, /^warning: training diverged/m);
});

t.test('weights that are lost in the last iteration are found when they are judged', async (t) => {
  const folder = t.testdir();
  const out = join(folder, 'out');
  const { training } = divergent();
  const file = scenarioFile(folder, divergent({ training: { ...training, iterations: 1 } }));
  t.equal((await runHere([file, '--out', out])).status, 1);
  t.match(summariesIn(out)[0].failure, /the loss on held-out samples is NaN, .* in iteration 0$/);
});

t.test('on threads it is the same', async (t) => {
  const folder = t.testdir();
  const out = join(folder, 'out');
  const file = scenarioFile(folder, divergent());
  const said = { stdout: '', stderr: '' };
  const status = await executeCommand([file, '--out', out], {
    stdout: { write: (text) => (said.stdout += text) },
    stderr: { write: (text) => (said.stderr += text) },
    isTerminal: false,
  });
  t.equal(status, 1);
  t.match(summariesIn(out), [{ world: 'threads', outcome: 'failed', failure: SENTENCE }]);
  t.match(said.stdout, /^diverged at/m);
});

t.test('under cost numerics there is no loss to lose, and stop.diverged is told of', async (t) => {
  const folder = t.testdir();
  const file = scenarioFile(folder, divergent({ stop: { diverged: false } }));
  const words = ['--set', 'training.numerics=cost', '--out', join(folder, 'out')];
  const { status, stderr } = await runHere([file, ...words]);
  t.equal(status, 0);
  t.match(stderr, /^warning: stop\.diverged has no effect under cost numerics$/m);
});
