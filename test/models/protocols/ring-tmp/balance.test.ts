/** PROTOCOLS A.4: a line that is cut anew by measured load: the bits, the pace that is reached, and how much is moved. */
import fc from 'fast-check';
import t from 'tap';
import { syntheticData } from '../../../../models/learning/data/synthetic.ts';
import type { FaultRule } from '../../../../engine/faults/fault-rule.ts';
import { ringTmp } from '../../../../models/protocols/ring-tmp/definition.ts';
import { atTime, crash, iterationsOf, runFaulty, these, type FaultyTrace } from './faulty.ts';
import { host, runProtocol, sameBits, SPEED, type Setting } from './harness.ts';
import { anySetting } from './settings.ts';

t.setTimeout(200_000);

const balanced = (balance: object = {}, others: object = {}) => ({
  ...{ kind: 'ring-tmp', balance, ...others },
});
const PLAIN = { kind: 'ring-tmp' };

const slow = (node: number, atNs: number, factor = 3): FaultRule =>
  atTime(atNs, { kind: 'slow', target: these(node), factor, forNs: null });

const blocksMoved = (trace: FaultyTrace) =>
  trace.notes.filter(({ name }) => name === 'moved').map(({ value }) => value as number);

/** A ring of eight, and a model whose line has four blocks a node. */
const ring = (iterations: number, slowest?: number): Setting => ({
  hosts: Array.from({ length: 8 }, (_, node) =>
    node === slowest ? host(SPEED / 3, Infinity, 300) : host(),
  ),
  model: { kind: 'mlp', layers: [64, ...new Array<number>(8).fill(128), 16], activation: 'relu' },
  training: { batch: 128, microBatches: 32, iterations },
});

const watched = (setting: Setting, rules: readonly FaultRule[]) => ({
  ...{ ...setting, rules, heartbeatNs: 1e7, misses: 3 },
});

/** Mean time of the last iterations. */
function steadyNs(rows: readonly { timeNs: number }[], count = 20): number {
  const [first, last] = [rows[rows.length - 1 - count], rows[rows.length - 1]];
  return (last.timeNs - first.timeNs) / count;
}

/** A row of them whenever blocks were moved. */
const noisyRow = (setting: Setting) => {
  const moved: number[] = [];
  const noted = (_node: number, _timeNs: number, name: string, value: unknown) => {
    if (name === 'moved') moved.push(value as number);
  };
  return { moved, trace: runProtocol({ ...setting, observer: { noted } }, balanced()) };
};

t.test(
  'A.4: work leaves a host that is three times slower, from the start or from mid-run, until the pace is that of the best cut',
  async (t) => {
    const iterationNs = steadyNs(runProtocol(ring(40), PLAIN).iterations);
    for (const node of [0, 3, 7]) {
      const bestNs = steadyNs(runProtocol(ring(40, node), PLAIN).iterations);
      const unbalanced = runFaulty(watched(ring(40), [slow(node, 0)]), PLAIN, 1e7);
      t.ok(steadyNs(iterationsOf(unbalanced)) > 1.25 * bestNs, 'without balancing it is slower');
      for (const at of [0, 20.5]) {
        const setting = watched(ring(80), [slow(node, at * iterationNs)]);
        const trace = runFaulty(setting, balanced(), 1e7);
        t.ok(steadyNs(iterationsOf(trace)) <= 1.05 * bestNs, `node ${node}, from ${at} on`);
        t.equal(blocksMoved(trace).length, 1, 'one move is enough, and none follows');
      }
    }
  },
);

t.test('A.4: noise alone moves next to nothing, and costs no time', async (t) => {
  for (const seed of [1, 2, 3]) {
    const even = { compute: { kind: 'uniform', low: 0.5, high: 1.5 } } as const;
    t.same(noisyRow({ ...ring(200), seed, jitter: even }).moved, []);
    const wild = {
      ...ring(200),
      seed,
      jitter: { compute: { kind: 'exponential', mean: 1 } },
    } as const;
    const { moved, trace } = noisyRow(wild);
    const per100 = moved.reduce((sum, blocks) => sum + blocks, 0) / 2;
    t.ok(per100 <= 20, `${per100} of 42 blocks per 100 iterations`);
    const plainNs = steadyNs(runProtocol(wild, PLAIN).iterations, 180);
    t.ok(steadyNs(trace.iterations, 180) <= 1.01 * plainNs, `seed ${seed}`);
  }
});

const drawn = fc.record({
  every: fc.integer({ min: 1, max: 3 }),
  threshold: fc.constantFrom(1e-6, 0.05),
  recompute: fc.constantFrom('none', 'all', 'except-last'),
  replicas: fc.constantFrom(0, 0, 1),
  at: fc.double({ min: 0, max: 0.8, noNaN: true }),
  factor: fc.constantFrom(3, 10),
  struck: fc.nat(),
});

t.test(
  'A.4: where the line is cut anew in mid-run the weights are those of seq-sgd, bit for bit',
  async (t) => {
    let moves = 0;
    fc.assert(
      fc.property(anySetting('exact'), drawn, (given, { every, threshold, ...rest }) => {
        const { at, factor, struck, recompute, replicas } = rest;
        const training = { ...given.training, iterations: 12 };
        // State moves for next to nothing.
        const network = { ...given.network!, bandwidth: 1e12 };
        const setting = { ...given, training, network };
        const nodes = setting.hosts.length;
        const options = { recompute, replicas: Math.min(replicas, nodes - 1) };
        const alone = runProtocol({ ...setting, jitter: undefined }, { kind: 'seq-sgd' });
        const lengthNs = runProtocol(setting, PLAIN).result.timeNs;
        const rules = [slow(struck % nodes, Math.floor(at * lengthNs), factor)];
        const faulty = { ...setting, rules, heartbeatNs: 1e9, misses: 3 };
        const trace = runFaulty(faulty, balanced({ every, threshold }, options), 1e6);
        moves += blocksMoved(trace).length;
        return trace.result.outcome === 'finished' && sameBits(trace.weights, alone.weights);
      }),
      { numRuns: 120 },
    );
    t.ok(moves > 25, `${moves} moves`);
  },
);

t.test(
  'A.4: a ring that is balanced survives a crash as any other, and stays balanced',
  async (t) => {
    const data = syntheticData(1, 256, 3, 64, 16);
    const given = ring(60);
    const training = { ...given.training, numerics: 'exact' } as const;
    const setting = { ...given, training, data };
    const iterationNs = steadyNs(runProtocol(ring(40), PLAIN).iterations);
    const rules = [slow(3, 0), crash(6, Math.floor(30.5 * iterationNs))];
    const faulty = { ...watched(setting, rules), heartbeatNs: Math.floor(iterationNs / 4) };
    const trace = runFaulty(faulty, balanced({}, { replicas: 1 }), 1e7);
    t.ok(sameBits(trace.weights, runProtocol(setting, { kind: 'seq-sgd' }).weights));
    t.equal(blocksMoved(trace).length, 1, 'the slow host is known when seven share the line');
  },
);

t.test('A.4: balancing is refused with the reason where nothing can be cut anew', async (t) => {
  const run =
    (options: object, model: object = {}) =>
    () =>
      runProtocol(
        { ...ring(2), model: { ...ring(2).model, ...model } as Setting['model'] },
        balanced({}, options),
      );
  t.throws(
    run({ mode: '2bw' }),
    /balance is given, and mode is '2bw', .*; mode: 'sync', or no such/,
  );
  t.throws(run({ variant: 'relay' }), /balance is given, and variant is 'relay'; variant: 'chain'/);
  t.throws(
    run({}, { bounds: [0, 1, 2, 3, 4, 5, 6, 7, 9] }),
    /balance is given, and the line is cut by hand/,
  );
  t.equal(ringTmp.label!(ringTmp.options.parse(balanced())), 'ring-tmp/balance');
});
