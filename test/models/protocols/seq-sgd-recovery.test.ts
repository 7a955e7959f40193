/** The trainer that crashes: its run ends when its work is done, from the last checkpoint or from the beginning. */
import { accountOf } from '../../../engine/node-accounts.ts';
import fc from 'fast-check';
import t from 'tap';
import { FaultLog } from '../../../models/observers/fault-log.ts';
import { dataOf, simulate, topologyOf } from '../../../sim/assemble.ts';
import { weightsSha256 } from '../../../sim/output/weights-hash.ts';
import { resolveScenario } from '../../../sim/scenario/resolve.ts';

const ITERATIONS = 20;
const BATCH = 16;

/** The run of a trainer beside a spare node, with these fields beside or in place of the usual. */
async function train(changes: object = {}) {
  const { scenario } = await resolveScenario({
    name: 'lone',
    cluster: {
      nodes: 2,
      host: { speed: '20 MFLOP/s', taskOverhead: '10 us' },
      network: { kind: 'star', bandwidth: '10 Gbit/s', latency: '5 us' },
    },
    model: { kind: 'mlp', layers: [16, 12, 8, 4] },
    data: { kind: 'synthetic', train: 64, test: 16 },
    training: { batch: BATCH, iterations: ITERATIONS, learningRate: 0.05, optimizer: 'adam' },
    protocol: { kind: 'seq-sgd' },
    ...changes,
  });
  const faultLog = new FaultLog({ topology: topologyOf(scenario), silenceNs: 1e6 });
  const { simulation, log } = simulate(scenario, 0, dataOf(scenario), { observers: [faultLog] });
  while (simulation.run(100_000));
  const training = log.record();
  return {
    result: simulation.result(),
    iterations: training.iterations.length,
    weights: weightsSha256(training.finalWeights),
    faults: faultLog.record(),
  };
}

function crash(at: number, forSeconds?: number): object {
  return { at, kind: 'crash', node: 0, ...(forSeconds === undefined ? {} : { for: forSeconds }) };
}

const checkpoint = { every: 2, to: { bandwidth: '1 GB/s', latency: '10 us' } };

t.test('without a checkpoint it begins again, and what it had done is redo', async (t) => {
  const faultless = await train();
  const { result, iterations, weights, faults } = await train({ faults: [crash(0.006, 0.001)] });
  t.equal(result.outcome, 'finished');
  t.equal(iterations, ITERATIONS);
  t.equal(weights, faultless.weights);
  t.equal(result.nodes.busyNs[0], faultless.result.nodes.busyNs[0]);
  t.equal(result.nodes.redoNs[0], 6_000_000, 'all that was done until the crash');
  t.equal(faults.redoneSamples, 4 * BATCH);
  t.match(faults.accounts, [{ redoneSamples: 4 * BATCH, recoveredNs: Number }]);
  t.match(faults, { restarts: 1, checkpoints: 0 });
});

t.test('with checkpoints it goes on from the last', async (t) => {
  const faultless = await train();
  const accounts = { faults: [crash(0.0072, 0.001)], checkpoint };
  const { result, iterations, weights, faults } = await train(accounts);
  t.equal(result.outcome, 'finished');
  t.equal(iterations, ITERATIONS);
  t.equal(weights, faultless.weights);
  t.equal(result.nodes.busyNs[0], faultless.result.nodes.busyNs[0]);
  const { redoNs } = accountOf(result.nodes, 0);
  t.ok(redoNs > 0 && redoNs < 3_000_000, `two iterations at the most: ${redoNs}`);
  t.ok(faults.redoneSamples! <= BATCH, `${faults.redoneSamples}`);
  t.equal(faults.checkpoints, 9);
  t.match(faults.events.at(-1)?.text, /goes on from version 4, the checkpoint/);
});

t.test('a trainer that never returns fails the run, and says how far it came', async (t) => {
  const { result, iterations } = await train({ faults: [crash(0.006)], checkpoint });
  t.equal(result.outcome, 'failed');
  t.match(result.failure?.message, /of 2 nodes 0 is down for good.*, but 4 of 20 iterations/);
  t.equal(iterations, 4);
});

t.test('whenever it crashes, and how often, the weights are those of no fault', async () => {
  const faultless = await train();
  const moments = fc.array(fc.tuple(fc.nat(30_000), fc.integer({ min: 1, max: 3000 })), {
    minLength: 1,
    maxLength: 4,
  });
  await fc.assert(
    fc.asyncProperty(
      moments,
      fc.integer({ min: 1, max: 5 }),
      fc.boolean(),
      async (drawn, ...how) => {
        const [every, saves] = how;
        const { result, iterations, weights } = await train({
          faults: drawn.map(([at, microseconds]) => crash(at / 1e6, microseconds / 1e6)),
          ...(saves ? { checkpoint: { ...checkpoint, every } } : {}),
        });
        const [busyNs] = result.nodes.busyNs;
        return (
          result.outcome === 'finished' &&
          iterations === ITERATIONS &&
          weights === faultless.weights &&
          busyNs === faultless.result.nodes.busyNs[0]
        );
      },
    ),
    { numRuns: 30 },
  );
});
