/** PROTOCOLS A.4: updates that are left out because weights hardly change: which, their bits, and what is saved. */
import fc from 'fast-check';
import t from 'tap';
import { Cooling } from '../../../../models/learning/cooling.ts';
import { syntheticData } from '../../../../models/learning/data/synthetic.ts';
import type { StageJob } from '../../../../models/pipeline/stage/stage-job.ts';
import type { SegmentState } from '../../../../models/learning/segment-state.ts';
import { ringTmp } from '../../../../models/protocols/ring-tmp/definition.ts';
import { cooledTwin } from './cooling-twin.ts';
import { host, runProtocol, sameBits, type Setting } from './harness.ts';
import { anySetting } from './settings.ts';

t.setTimeout(200_000);

const cooled = (cooling: object, others: object = {}) =>
  ringTmp.options.parse({ kind: 'ring-tmp', cooling, ...others });

/** Runs it, and keeps which blocks of the line rested in each iteration. */
function logged(setting: Setting, options: { kind: string }) {
  const rests = new Map<number, Set<number>>();
  const observer = {
    jobEnded(_node: number, job: object) {
      const { pass, low, version, resting } = job as StageJob;
      if (pass !== 'update') return;
      const blocks = rests.get(version) ?? new Set();
      for (const block of resting) blocks.add(low + block);
      rests.set(version, blocks);
    },
  };
  return { rests, trace: runProtocol({ ...setting, observer }, options) };
}

t.test(
  'A.4: cooling equals sequential SGD with the updates left out that it has logged, bit for bit',
  async (t) => {
    let rested = 0;
    let partly = 0;
    const rule = fc.record({
      threshold: fc.constantFrom(0.001, 0.02, 0.1, 1),
      patience: fc.integer({ min: 1, max: 3 }),
      longest: fc.integer({ min: 1, max: 4 }),
    });
    const recompute = fc.constantFrom('none', 'all');
    fc.assert(
      fc.property(anySetting('exact'), rule, recompute, (setting, cooling, recompute) => {
        const training = { ...setting.training, iterations: 8 };
        const { rests, trace } = logged({ ...setting, training }, cooled(cooling, { recompute }));
        if (trace.result.failure !== null) throw new Error(trace.result.failure.message);
        const counts = [...rests.values()].map(({ size }) => size);
        rested += counts.reduce((sum, count) => sum + count, 0);
        if (new Set(counts).size > 2) partly++;
        return sameBits(trace.weights, cooledTwin({ ...setting, training }, rests));
      }),
      { numRuns: 100 },
    );
    t.ok(rested > 500 && partly > 20, `${rested} rests; in ${partly} runs some blocks and not all`);
  },
);

t.test(
  'A.4: without a small update nothing rests, and the bits are those of seq-sgd',
  async (t) => {
    fc.assert(
      fc.property(anySetting('exact'), (setting) => {
        const { rests, trace } = logged(setting, cooled({ threshold: 1e-300 }));
        const alone = runProtocol({ ...setting, jitter: undefined }, { kind: 'seq-sgd' });
        const none = [...rests.values()].every(({ size }) => size === 0);
        return none && sameBits(trace.weights, alone.weights);
      }),
      { numRuns: 30 },
    );
    t.pass();
  },
);

t.test(
  'A.4: rests double up to the longest, with one update between, and end with a large change',
  async (t) => {
    const block = { low: 0, high: 1, from: 0, to: 2, gradientFlops: 10, updateFlops: 3 };
    const cooling = new Cooling({ threshold: 0.1, patience: 2, longest: 4 }, [block]);
    const state = (weight: number): SegmentState => ({
      ...{ offset: 0, parameters: Float32Array.of(1, weight), first: new Float32Array(0) },
      ...{ second: new Float32Array(0), beta1Power: 1, beta2Power: 1 },
    });
    const seen: number[] = [];
    const step = (change: number) => {
      seen.push(cooling.resting.length);
      cooling.updated(state(1), state(1 + change));
    };
    for (let k = 0; k < 20; k++) step(0.001);
    const rest = (length: number) => new Array<number>(length).fill(1);
    t.same(seen, [0, 0, 1, 0, ...rest(2), 0, ...rest(4), 0, ...rest(4), 0, ...rest(3)]);
    t.same(cooling.saved, { gradientFlops: 10, updateFlops: 3 });
    step(0.001);
    t.same(cooling.resting, []);
    step(5);
    for (let k = 0; k < 6; k++) step(0.001);
    t.same(seen.slice(-7), new Array(7).fill(0), 'the average has to come down first');
    t.same(cooling.resting, [0]);
    step(0.001);
    t.same(cooling.resting, [], 'and the first rest is short again');
  },
);

t.test(
  'A.4: a block that rests saves its weight gradient and its update, and no more',
  async (t) => {
    const layers = [8, 16, 16, 4];
    const setting: Setting = {
      hosts: Array.from({ length: 3 }, () => host(1e9, Infinity, 0)),
      model: { kind: 'mlp', layers, activation: 'relu', bounds: [0, 1, 2, 3] },
      training: { batch: 12, microBatches: 4, iterations: 4, numerics: 'exact' },
      data: syntheticData(1, 30, 3, 8, 4),
    };
    const { trace } = logged(setting, cooled({ threshold: 1e9, patience: 1 }));
    const flopsOf = (node: number, inputGradient: number, weightGradient: number) => ({
      node,
      full: 3 * layers[node + 1] * (inputGradient + weightGradient),
      cool: 3 * layers[node + 1] * inputGradient,
    });
    for (const { node, full, cool } of [flopsOf(1, 32, 33), flopsOf(2, 32, 33)]) {
      const tookNs = (iteration: number, pass: string) =>
        trace.jobs
          .filter((job) => job.node === node && job.iteration === iteration && job.pass === pass)
          .map(({ startNs, endNs }) => endNs - startNs);
      t.same(tookNs(0, 'backward'), new Array(4).fill(full), 'all blocks are warm at first');
      t.same(tookNs(1, 'backward'), new Array(4).fill(cool), 'then they rest for one iteration');
      t.same(tookNs(2, 'backward'), new Array(4).fill(full), 'and have one update to try');
      t.same(tookNs(1, 'update'), [0]);
    }
  },
);

t.test('A.4: cooling is refused with the reason where it has no sense', async (t) => {
  const setting: Setting = {
    hosts: [host(), host()],
    model: { kind: 'mlp', layers: [4, 4, 3], activation: 'relu' },
    training: { numerics: 'exact' },
    data: syntheticData(1, 30, 3, 4, 3),
  };
  const run =
    (options: object, others: Partial<Setting> = {}) =>
    () =>
      runProtocol({ ...setting, ...others }, cooled({ threshold: 0.1 }, options));
  t.throws(run({ mode: '2bw' }), /cooling is given, and mode is '2bw'; mode: 'sync', or no such/);
  t.throws(run({ variant: 'relay' }), /cooling is given, and variant is 'relay'; variant: 'chain'/);
  t.throws(
    run({}, { training: {}, data: null }),
    /cooling is given, and numerics is 'cost', without/,
  );
  t.equal(ringTmp.label!(cooled({ threshold: 0.1 })), 'ring-tmp/cooling');
  t.equal(ringTmp.reference(cooled({ threshold: 0.1 }), 4), null);
});
