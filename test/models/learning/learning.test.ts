/** Initial weights, loss and evaluation: what training starts from and what it is judged by. */
import t from 'tap';
import { syntheticData } from '../../../models/learning/data/synthetic.ts';
import { gatherFeatures, gatherLabels } from '../../../models/learning/batch.ts';
import { evaluate } from '../../../models/learning/evaluate.ts';
import { allocate } from '../../../models/learning/float-array.ts';
import { softmaxCrossEntropy } from '../../../models/learning/loss.ts';
import { neuronCount, parameterCount, piecesOf } from '../../../models/learning/pieces.ts';
import { SampleOrder } from '../../../models/learning/sample-order.ts';
import { Segment } from '../../../models/learning/segment.ts';
import type { MlpSpec } from '../../../models/spec/model.ts';

const model: MlpSpec = { kind: 'mlp', layers: [20, 30, 5], activation: 'relu' };
const settings = { model, optimizer: { kind: 'sgd' }, learningRate: 0.2, batch: 20 } as const;

t.test('weights are He uniform by layer, biases 0, and no segment changes a neuron', (t) => {
  const whole = new Segment({ ...settings, precision: 32, seed: 3, low: 0, high: 35 });
  t.equal(whole.parameters.length, parameterCount(model));
  const rows = Array.from({ length: 30 }, (_, j) => whole.parameters.slice(j * 21, j * 21 + 21));
  const weights = rows.flatMap((row) => [...row.subarray(0, 20)]);
  const limit = Math.sqrt(6 / 20);
  t.ok(weights.every((w) => Math.abs(w) <= Math.fround(limit)));
  const variance = weights.reduce((sum, w) => sum + w * w, 0) / weights.length;
  t.ok(Math.abs(variance / (2 / 20) - 1) < 0.15, `variance ${variance}, 2 / n_in would be right`);
  t.ok(rows.every((row) => row[20] === 0));
  const part = new Segment({ ...settings, precision: 32, seed: 3, low: 28, high: 33 });
  t.equal(part.offset, 28 * 21);
  t.same([...part.parameters], [...whole.parameters.subarray(588, 588 + 2 * 21 + 3 * 31)]);
  const other = new Segment({ ...settings, precision: 32, seed: 4, low: 28, high: 33 });
  t.notSame([...other.parameters], [...part.parameters]);
  t.end();
});

t.test('a run of neurons falls into the layers it spans', (t) => {
  const layers = piecesOf(model, 28, 33).pieces.map(({ layer, low, high }) => [layer, low, high]);
  t.same(layers, [
    [0, 28, 30],
    [1, 0, 3],
  ]);
  t.equal(neuronCount(model), 35);
  t.end();
});

t.test('loss of even logits is log(classes), great logits do not overflow', (t) => {
  const even = softmaxCrossEntropy(allocate(64, 8), 4, 2, Uint8Array.of(1, 3));
  t.ok(Math.abs(even.lossSum - 2 * Math.log(4)) < 1e-12);
  t.same([...even.gradient], [0.25, 0.25, -0.75, 0.25, 0.25, 0.25, 0.25, -0.75]);
  const great = softmaxCrossEntropy(Float32Array.of(1e30, -1e30), 2, 1, Uint8Array.of(0));
  t.equal(great.lossSum, 0);
  t.same([...great.gradient], [0, 0]);
  t.throws(() => softmaxCrossEntropy(allocate(32, 7), 4, 2, Uint8Array.of(1, 3)), /would be right/);
  t.end();
});

t.test('a small MLP learns the blobs: above 90 % of samples never seen', (t) => {
  const { train, test } = syntheticData(7, 400, 200, 20, 5);
  for (const precision of [32, 64] as const) {
    const segment = new Segment({ ...settings, precision, seed: 1, low: 0, high: 35 });
    const order = new SampleOrder(1, 400);
    const before = evaluate(model, segment.parameters, test);
    for (let step = 0; step < 100; step++) {
      const indices = order.indices(step * 20, 20);
      const inputs = gatherFeatures(train, indices, precision);
      const carry = { samples: 20, outputs: allocate(precision, 0), inputs };
      const logits = segment.forward(step, carry).outputs;
      const { gradient } = softmaxCrossEntropy(logits, 5, 20, gatherLabels(train, indices));
      segment.backward(step, { samples: 20, outputs: gradient, inputs: null });
      segment.update();
    }
    const after = evaluate(model, segment.parameters, test);
    t.ok(before.accuracy < 0.6, `accuracy ${before.accuracy} before training`);
    t.ok(after.accuracy > 0.9, `accuracy ${after.accuracy}`);
    t.ok(after.loss < before.loss / 2, `loss ${before.loss}, then ${after.loss}`);
  }
  t.end();
});

t.test('evaluation is the mean over the dataset, whatever its size', (t) => {
  const { test } = syntheticData(7, 1, 300, 20, 5);
  const { parameters } = new Segment({ ...settings, precision: 64, seed: 1, low: 0, high: 35 });
  const part = (from: number, to: number) =>
    evaluate(model, parameters, {
      ...test,
      features: test.features.slice(from * 20, to * 20),
      labels: test.labels.slice(from, to),
    });
  const [whole, left, right] = [part(0, 300), part(0, 77), part(77, 300)];
  t.ok(Math.abs(whole.loss - (left.loss * 77 + right.loss * 223) / 300) < 1e-12);
  t.ok(Math.abs(whole.accuracy - (left.accuracy * 77 + right.accuracy * 223) / 300) < 1e-12);
  t.end();
});
