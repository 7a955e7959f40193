/** What `npm run real` says of a real run and its simulated twin: yes only where every bit is the same. */
import t from 'tap';
import type { RunOutcome } from '../../../engine/result.ts';
import { dataOf, simulate } from '../../../sim/assemble.ts';
import { exitStatus } from '../../../sim/commands/execute.ts';
import { compare } from '../../../sim/commands/real-and-simulated.ts';
import type { ResolvedScenario } from '../../../sim/scenario/resolved.ts';
import type { ProtocolRun } from '../../../sim/worlds/protocol-run.ts';
import { tinyScenario } from '../worlds/tiny.ts';

const ENDED = { runs: [], compared: [], crash: null, wasInterrupted: false };

/** A run of the scenario's protocol, as if it had ended that way with those changes to its weights. */
function runOf(
  scenario: ResolvedScenario,
  change: (weights: Float32Array) => void = () => {},
  outcome: RunOutcome = 'finished',
): ProtocolRun {
  const { simulation, log, plan } = simulate(scenario, 0, dataOf(scenario));
  while (simulation.run(10_000));
  const training = structuredClone(log.record());
  change(training.finalWeights as Float32Array);
  const result = { ...simulation.result(), outcome };
  return { index: 0, roles: plan.roles, result, training, wallSeconds: 1, trace: null };
}

function saidOf(scenario: ResolvedScenario, real: ProtocolRun, twin: ProtocolRun | null) {
  const compared = twin ? [twin] : [];
  const [{ equal, word }] = compare(scenario, { ...ENDED, runs: [real], compared });
  return { equal, word };
}

t.test('equal to the last bit is yes, one bit apart is no', async (t) => {
  const scenario = await tinyScenario({ kind: 'ring-tmp', nodes: 2 });
  const run = runOf(scenario);
  t.strictSame(saidOf(scenario, run, runOf(scenario)), { equal: true, word: 'yes' });
  const bits = (weights: Float32Array) => new Uint32Array(weights.buffer, weights.byteOffset);
  const changed = runOf(scenario, (weights) => (bits(weights)[weights.length - 1] ^= 1));
  t.strictSame(saidOf(scenario, run, changed), { equal: false, word: 'no' });
  t.strictSame(saidOf(scenario, changed, run), { equal: false, word: 'no' });
});

t.test('weights that differ are status 1, an interruption is 130', async (t) => {
  t.equal(exitStatus(ENDED, [{ equal: true }, { equal: null }]), 0);
  t.equal(exitStatus(ENDED, [{ equal: true }, { equal: false }]), 1);
  t.equal(exitStatus({ ...ENDED, crash: new Error('x') }, []), 1);
  t.equal(exitStatus({ ...ENDED, wasInterrupted: true }, [{ equal: false }]), 130);
});

t.test('nothing is claimed of runs that did not both end, or that depend on timing', async (t) => {
  const scenario = await tinyScenario({ kind: 'ring-tmp', nodes: 2 });
  const run = runOf(scenario);
  const cut = runOf(scenario, () => {}, 'interrupted');
  for (const [real, twin] of [
    [run, null],
    [cut, run],
    [run, cut],
  ] as const)
    t.match(saidOf(scenario, real, twin), { equal: null, word: /^not compared/ });
  const asp = await tinyScenario({ kind: 'ps-asp', nodes: 3 });
  t.match(saidOf(asp, runOf(asp), runOf(asp)), { equal: null, word: /^not claimed/ });
});
