/** Equal pipelines on parts of every batch: the bits of their own order of sums, what the sums take, and what they hold. */
import fc from 'fast-check';
import t from 'tap';
import { jobNs } from '../../../engine/cost.ts';
import { MESSAGE_HEADER_BYTES } from '../../../engine/world.ts';
import type { FloatArray } from '../../../models/learning/float-array.ts';
import { GradientLearner } from '../../../models/learning/gradient-learner.ts';
import { initialState } from '../../../models/learning/initial-weights.ts';
import { Optimizer } from '../../../models/learning/optimizer.ts';
import { neuronCount } from '../../../models/learning/pieces.ts';
import { shareOf } from '../../../models/learning/shares.ts';
import type { MlpSpec } from '../../../models/spec/model.ts';
import type { WeightsNote } from '../../../models/spec/notes.ts';
import {
  host,
  runProtocol,
  sameBits,
  trainingOf,
  type Setting,
} from '../protocols/ring-tmp/harness.ts';
import { anySetting } from '../protocols/ring-tmp/settings.ts';

/** Parameters [low, high) that a stage has. */
type Range = readonly [number, number];

/** The sum that a ring makes of a range: chunk c in the order of copies c, c + 1, ... */
function addRing(sum: FloatArray, gradients: readonly FloatArray[], [low, high]: Range): void {
  const count = gradients.length;
  for (let chunk = 0; chunk < count; chunk++) {
    const share = shareOf(high - low, count, chunk);
    for (let k = low + share.low; k < low + share.high; k++) {
      sum[k] = gradients[chunk][k];
      for (let step = 1; step < count; step++) sum[k] += gradients[(chunk + step) % count][k];
    }
  }
}

/** The weights at the end, in plain loops in one place. */
function twin(setting: Setting, copies: number, ranges: readonly Range[]): Uint8Array {
  const { model, data, seed = 1 } = setting as Setting & { model: MlpSpec };
  const training = trainingOf(setting.training);
  const learner = new GradientLearner(model, training, data!.train, seed);
  const whole = { ...training, model, seed, low: 0, high: neuronCount(model) };
  const { parameters } = initialState(whole);
  const optimizer = new Optimizer(training, parameters.length);
  for (let iteration = 0; iteration < training.iterations; iteration++) {
    learner.load(parameters);
    const gradients = Array.from({ length: copies }, (_, copy) => {
      learner.computeGradient(iteration, shareOf(training.batch, copies, copy));
      return learner.takeGradient();
    });
    const sum = parameters.slice();
    for (const range of ranges) addRing(sum, gradients, range);
    optimizer.step(parameters, sum);
  }
  return new Uint8Array(parameters.buffer, parameters.byteOffset, parameters.byteLength);
}

const anyWork = fc.record({
  setting: anySetting('exact'),
  copies: fc.integer({ min: 2, max: 4 }),
  ranks: fc.integer({ min: 1, max: 4 }),
  perCopy: fc.integer({ min: 1, max: 3 }),
  kind: fc.constantFrom('gpipe', '1f1b', 'zb1p', 'interleaved-1f1b', 'dualpipe-v'),
});

t.test('equal pipelines end with the bits of their own order of sums', async (t) => {
  let [several, three] = [0, 0];
  fc.assert(
    fc.property(anyWork, ({ setting, copies, ranks, perCopy, kind }) => {
      const { layers } = setting.model as MlpSpec;
      const neurons = layers.slice(1).reduce((sum, width) => sum + width, 0);
      const chunks = kind === 'interleaved-1f1b' || kind === 'dualpipe-v' ? 2 : 1;
      fc.pre(neurons >= ranks * chunks);
      const microBatches = copies * perCopy;
      const training = { ...setting.training, microBatches, batch: 2 * microBatches };
      const hosts = Array.from({ length: copies * ranks }, (_, k) => setting.hosts.at(k) ?? host());
      const ranges: Range[] = [];
      const observer: Setting['observer'] = {
        noted(_node, _timeNs, name, value) {
          const { offset, values, version } = value as WeightsNote;
          if (name === 'weights' && version === training.iterations)
            ranges.push([offset, offset + values.length]);
        },
      };
      const work: Setting = { ...setting, hosts, training, observer };
      const { result, weights, iterations } = runProtocol(work, {
        kind,
        dataParallel: copies,
      } as never);
      if (result.failure !== null) throw new Error(result.failure.message);
      if (ranks > 1) several++;
      if (copies > 2) three++;
      t.equal(iterations.length, training.iterations, 'each is told of once');
      t.equal(ranges.length, ranks * chunks, 'each stage is published once');
      return sameBits(weights, twin(work, copies, ranges));
    }),
    { numRuns: 120 },
  );
  t.ok(several > 20 && three > 20, `${several} of several ranks, ${three} of three copies or more`);
});

t.test('two equal pipelines end with the bits of seq-sgd with two shares', async () => {
  fc.assert(
    fc.property(anySetting('exact'), (setting) => {
      const training = { ...setting.training, microBatches: 4, batch: 8 };
      const { layers } = setting.model as MlpSpec;
      const neurons = layers.slice(1).reduce((sum, width) => sum + width, 0);
      const hosts = Array.from({ length: 2 * Math.min(3, neurons) }, () => host());
      const work = { ...setting, hosts, training };
      const both = runProtocol(work, { kind: '1f1b', dataParallel: 2 } as never);
      const alone = runProtocol({ ...work, jitter: undefined }, {
        kind: 'seq-sgd',
        shares: 2,
      } as never);
      return sameBits(both.weights, alone.weights);
    }),
    { numRuns: 60 },
  );
});

t.test(
  'a ring of D copies sums in 2(D-1) hops and D-1 additions, but for losses on the way',
  async (t) => {
    const HOST = host(1e9, Infinity, 0);
    for (const [copies, parameters, latencyNs] of [
      [2, 800, 0],
      [3, 900, 500],
      [5, 10_000, 20_000],
    ]) {
      const [forwardFlops, backwardFlops] = [3000, 5000];
      const layer = { name: 'stage', parameters, outputElements: 4, forwardFlops, backwardFlops };
      const { iterations } = runProtocol(
        {
          hosts: Array.from({ length: copies }, () => HOST),
          model: { kind: 'costs', layers: [layer], inputElements: 4 },
          training: { batch: 4 * copies, microBatches: 4 * copies, iterations: 3 },
          network: { kind: 'ring', bandwidth: 1e9, latencyNs },
        },
        { kind: 'gpipe', dataParallel: copies } as never,
      );
      const chunk = parameters / copies;
      const hopNs = latencyNs + 4 * chunk + MESSAGE_HEADER_BYTES;
      const passesNs = 4 * (jobNs(HOST, forwardFlops, 1) + jobNs(HOST, backwardFlops, 1));
      const sumNs = 2 * (copies - 1) * hopNs + (copies - 1) * jobNs(HOST, chunk, 1);
      const updateNs = jobNs(HOST, 2 * parameters, 1);
      const [first, second, third] = iterations.map(({ timeNs }) => timeNs);
      const expected = passesNs + sumNs + updateNs;
      // Losses on their way to node 0 may hold a link when a chunk wants it.
      const lossNs = 8 + MESSAGE_HEADER_BYTES;
      for (const timeNs of [second - first, third - second])
        t.ok(
          Math.abs(timeNs - expected) < copies * lossNs,
          `${timeNs} ns, and ${expected} ns by the formula`,
        );
    }
  },
);

t.test('nodes and micro-batches that copies cannot share are refused', async (t) => {
  const setting: Setting = {
    hosts: Array.from({ length: 4 }, () => host()),
    model: { kind: 'mlp', layers: [6, 9, 5], activation: 'relu' },
    training: { numerics: 'cost', batch: 12, microBatches: 4 },
  };
  const run = (dataParallel: number) =>
    runProtocol(setting, { kind: '1f1b', dataParallel } as never);
  t.throws(() => run(3), /3 pipelines cannot share 4 nodes .* a number that divides 4/);
  const odd = { ...setting, training: { ...setting.training, microBatches: 3 } };
  t.throws(
    () => runProtocol(odd, { kind: '1f1b', dataParallel: 2 } as never),
    /3 micro-batches cannot be dealt out evenly to 2 pipelines .* a multiple of 2/,
  );
});
