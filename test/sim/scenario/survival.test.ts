/** Faults that a protocol does not survive. */
import { join } from 'node:path';
import t from 'tap';
import type { Scenario } from '../../../scenarios/scenario.ts';
import { resolveScenario } from '../../../sim/scenario/resolve.ts';
import { RealWorld } from '../../../sim/worlds/real/real-world.ts';
import { threads } from '../../../sim/worlds/threads/threads.ts';
import { dataOf } from '../../../sim/assemble.ts';
import { runHere, scenarioFile, summariesIn } from '../commands/run-command.ts';
import { tinyScenario } from './tiny-scenario.ts';

const struck = (given: Partial<Scenario>): Scenario => ({ ...tinyScenario(), ...given });

for (const kind of ['local-sgd'])
  t.test(`a crash under ${kind} is warned of, ends the run at once and says why`, async (t) => {
    const folder = t.testdir();
    const out = join(folder, 'out');
    const scenario = struck({
      protocol: { kind },
      faults: [{ at: '3 us', kind: 'crash', node: 1, for: '1 us' }],
    });
    const { status, stderr } = await runHere([scenarioFile(folder, scenario), '--out', out]);
    t.equal(status, 1);
    t.match(
      stderr,
      new RegExp(`^warning: faults\\[0\\] .* ends the run of ${kind}: no crash is`, 'm'),
    );
    t.match(stderr, `${kind}: a crash has struck node 1 at 3.00 us, and no crash is survived here`);
    const [summary] = summariesIn(out);
    t.match(summary, {
      outcome: 'failed',
      time: { modelledSeconds: 3e-6 },
      failure: /^a crash has struck/,
    });
  });

t.test('who is slow, silent or unheard for a while is waited for', async (t) => {
  const folder = t.testdir();
  const out = join(folder, 'out');
  const scenario = struck({
    protocol: [{ kind: 'gpipe' }, { kind: '1f1b' }],
    faults: [
      { at: '1 us', kind: 'pause', node: 1, for: '1 ms' },
      { at: '2 us', kind: 'cut', between: [0, 1], for: '1 ms' },
      { at: '1 us', kind: 'loss', probability: 0.1 },
    ],
  });
  const { status, stderr } = await runHere([scenarioFile(folder, scenario), '--out', out]);
  t.equal(status, 0);
  t.notMatch(stderr, /ends the run/);
});

t.test('a parting for good is warned of where nodes wait for each other', async (t) => {
  const faults: Scenario['faults'] = [
    { at: '1 us', kind: 'partition', groups: [[0], [1, 2]] },
    { at: '1 us', kind: 'cut', between: [0, 1], for: '1 ms' },
  ];
  const protocol: Scenario['protocol'] = ['seq-sgd', 'ring-tmp', 'gpipe'].map((kind) => ({ kind }));
  const { warnings } = await resolveScenario(struck({ protocol, faults }));
  t.match(warnings, [
    /^faults\[0\] \(partition .* is never over, and under gpipe whoever it parts/,
  ]);
  t.equal(warnings.length, 1);
});

t.test('others are not warned of, and a crash that strikes nobody ends nothing', async (t) => {
  const faults: Scenario['faults'] = [{ at: '9 h', kind: 'crash', node: 1 }];
  const protocol = { kind: 'ring-tmp', replicas: 1 };
  const { warnings } = await resolveScenario(struck({ protocol, faults }));
  t.same(warnings, []);
  const folder = t.testdir();
  const file = scenarioFile(folder, struck({ protocol: { kind: 'gpipe' }, faults }));
  t.equal((await runHere([file, '--out', join(folder, 'out')])).status, 0);
});

t.test('a real run ends by it too', async (t) => {
  const { scenario } = await resolveScenario(
    struck({
      protocol: { kind: 'local-sgd' },
      training: { ...tinyScenario().training, iterations: 100_000 },
      faults: [{ at: '1 ms', kind: 'crash', node: 1 }],
    }),
  );
  const { runs } = await new RealWorld(threads, scenario, dataOf(scenario)).start();
  t.match(runs[0].result, { outcome: 'failed', failure: { kind: 'given-up', node: 1 } });
});
