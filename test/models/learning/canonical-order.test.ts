/**
 * PROTOCOLS section 0: the canonical order of every sum, against a reference that does one sample after the other
 * with scalars, and against finite differences.
 */
import fc from 'fast-check';
import t from 'tap';
import { allocate, type FloatArray, type Precision } from '../../../models/learning/float-array.ts';
import { softmaxCrossEntropy } from '../../../models/learning/loss.ts';
import { neuronCount } from '../../../models/learning/pieces.ts';
import { Segment } from '../../../models/learning/segment.ts';
import type { MlpSpec } from '../../../models/spec/model.ts';
import { randomStream } from '../../../engine/random.ts';

type Round = (value: number) => number;

/** Gradients of the summed loss over samples, by scalars; x[s] and labels[s] are the samples. */
function reference(
  layers: readonly number[],
  weights: FloatArray,
  x: number[][],
  labels: readonly number[],
  round: Round,
): number[] {
  const gradient = Array.from(weights, () => 0);
  const starts = layers.map((_, l) =>
    layers.slice(0, l).reduce((sum, width, k) => sum + layers[k + 1] * (width + 1), 0),
  );
  const last = layers.length - 2;
  x.forEach((sample, s) => {
    const y = [sample];
    for (let l = 0; l <= last; l++) {
      const row = (j: number) => starts[l] + j * (layers[l] + 1);
      y.push(
        Array.from({ length: layers[l + 1] }, (_, j) => {
          let z: number = weights[row(j) + layers[l]];
          y[l].forEach((value, i) => (z = round(z + round(value * weights[row(j) + i]))));
          return l === last || z > 0 ? z : 0;
        }),
      );
    }
    const logits = y[last + 1];
    const greatest = Math.max(...logits);
    const powers = logits.map((z) => round(Math.exp(round(z - greatest))));
    const sum = powers.reduce((a, b) => round(a + b), 0);
    let dy = powers.map((power, j) => round(round(power / sum) - (j === labels[s] ? 1 : 0)));
    for (let l = last; l >= 0; l--) {
      const dx = y[l].map(() => 0);
      for (let j = layers[l + 1] - 1; j >= 0; j--) {
        const row = starts[l] + j * (layers[l] + 1);
        const dz = l === last || y[l + 1][j] > 0 ? dy[j] : 0;
        y[l].forEach((value, i) => {
          dx[i] = round(dx[i] + round(dz * weights[row + i]));
          gradient[row + i] = round(gradient[row + i] + round(dz * value));
        });
        gradient[row + layers[l]] = round(gradient[row + layers[l]] + dz);
      }
      dy = dx;
    }
  });
  return gradient;
}

interface Case {
  layers: number[];
  samples: number;
  seed: number;
}

const cases = fc.record({
  layers: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 4 }),
  samples: fc.integer({ min: 1, max: 7 }),
  seed: fc.nat(1000),
});

function whole({ layers, samples, seed }: Case, precision: Precision) {
  const model: MlpSpec = { kind: 'mlp', layers, activation: 'relu' };
  const settings = { optimizer: { kind: 'sgd' }, learningRate: 0.1, batch: samples } as const;
  const segment = new Segment({
    ...{ ...settings, model, precision, seed },
    ...{ low: 0, high: neuronCount(model) },
  });
  const stream = randomStream(seed, 'x');
  segment.parameters.forEach((w, k) => (segment.parameters[k] = w || stream.uniform() - 0.5));
  const x = allocate(precision, layers[0] * samples).map(() => 2 * stream.uniform() - 1);
  const labels = Uint8Array.from({ length: samples }, () => stream.below(layers.at(-1)!));
  return { segment, x, labels };
}

function loss(segment: Segment, { layers, samples }: Case, x: FloatArray, labels: Uint8Array) {
  const inputs = x.slice();
  const empty = x.slice(0, 0);
  const logits = segment.forward(0, { samples, outputs: empty, inputs }).outputs;
  const result = softmaxCrossEntropy(logits, layers.at(-1)!, samples, labels);
  segment.backward(0, { samples, outputs: result.gradient, inputs: null });
  return result.lossSum;
}

t.test(
  '0: gradients have the bits of the reference, sample by sample and scalar by scalar',
  (t) => {
    fc.assert(
      fc.property(cases, fc.constantFrom<Precision>(32, 64), (work, precision) => {
        const { segment, x, labels } = whole(work, precision);
        loss(segment, work, x, labels);
        const samples = Array.from({ length: work.samples }, (_, s) =>
          Array.from(x.filter((_, at) => at % work.samples === s)),
        );
        const round: Round = precision === 32 ? Math.fround : (value) => value;
        const right = reference(work.layers, segment.parameters, samples, [...labels], round);
        return segment.gradients.every((value, k) => Object.is(value, right[k]));
      }),
      { numRuns: 200 },
    );
    t.end();
  },
);

t.test('gradients agree with finite differences of the loss', (t) => {
  const step = 1e-6;
  fc.assert(
    fc.property(cases, (work) => {
      const { segment, x, labels } = whole(work, 64);
      loss(segment, work, x, labels);
      const gradients = segment.gradients.slice();
      const { parameters } = segment;
      let wrong = 0;
      gradients.forEach((gradient, k) => {
        const value = parameters[k];
        parameters[k] = value + step;
        const above = loss(segment, work, x, labels);
        parameters[k] = value - step;
        const below = loss(segment, work, x, labels);
        parameters[k] = value;
        if (Math.abs((above - below) / (2 * step) - gradient) > 1e-4) wrong++;
      });
      // A neuron whose z lies within a step of the kink of its ReLU has no derivative there; that is rare.
      return wrong <= gradients.length / 20;
    }),
    { numRuns: 40 },
  );
  t.end();
});
