/** PROTOCOLS A.1: where the cuts of the line are changes no bit of what is learnt. */
import fc from 'fast-check';
import t from 'tap';
import type { Carry } from '../../../models/learning/carry.ts';
import { allocate, type FloatArray, type Precision } from '../../../models/learning/float-array.ts';
import { softmaxCrossEntropy } from '../../../models/learning/loss.ts';
import { neuronCount, parameterCount } from '../../../models/learning/pieces.ts';
import { Segment } from '../../../models/learning/segment.ts';
import { plainKernel } from '../../../models/learning/kernels/plain.ts';
import { simdKernel } from '../../../models/learning/kernels/simd.ts';
import type { LayerKernel } from '../../../models/learning/kernels/layer-kernel.ts';
import type { MlpSpec } from '../../../models/spec/model.ts';
import type { OptimizerSpec } from '../../../models/spec/training.ts';
import { randomStream } from '../../../engine/random.ts';

interface Work {
  model: MlpSpec;
  precision: Precision;
  optimizer: OptimizerSpec;
  batch: number;
  seed: number;
}

interface Way {
  cuts: readonly number[];
  microBatches: number;
  recompute: boolean;
  kernel: LayerKernel;
  /** True: every carry is cloned on its way, and the original scribbled over. */
  scribble: boolean;
}

const STEPS = 3;

function bits(array: FloatArray): string {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString('hex');
}

function handOver(carry: Carry, scribble: boolean): Carry {
  if (!scribble) return carry;
  const clone = structuredClone(carry);
  carry.outputs.fill(NaN);
  carry.inputs?.fill(NaN);
  return clone;
}

/** Features of sample `s` of step `step`, of samples [from, from + count) in one neuron-major array. */
function features(work: Work, step: number, from: number, count: number): FloatArray {
  const width = work.model.layers[0];
  const all = allocate(work.precision, width * count);
  for (let s = 0; s < count; s++) {
    const stream = randomStream(work.seed, `features/${step}/${from + s}`);
    for (let i = 0; i < width; i++) all[i * count + s] = 2 * stream.uniform() - 1;
  }
  return all;
}

function makeSegments(work: Work, { cuts, recompute, kernel }: Way): Segment[] {
  const bounds = [0, ...cuts, neuronCount(work.model)];
  return bounds.slice(1).map((high, k) => {
    const low = bounds[k];
    return new Segment({ ...work, learningRate: 0.05, low, high, recompute, kernel });
  });
}

/** Weights and summed losses after a few steps, trained that way: all forwards of a batch, then all backwards. */
function train(work: Work, way: Way): { weights: string; logits: string[] } {
  const segments = makeSegments(work, way);
  const classes = work.model.layers[work.model.layers.length - 1];
  const samples = work.batch / way.microBatches;
  const logits: string[] = [];
  for (let step = 0; step < STEPS; step++) {
    const returning: Carry[] = [];
    for (let k = 0; k < way.microBatches; k++) {
      const inputs = features(work, step, k * samples, samples);
      let carry: Carry = { samples, outputs: allocate(work.precision, 0), inputs };
      for (const segment of segments) carry = handOver(segment.forward(k, carry), way.scribble);
      const labels = Uint8Array.from({ length: samples }, (_, s) => (k * samples + s) % classes);
      const { gradient } = softmaxCrossEntropy(carry.outputs, classes, samples, labels);
      for (let s = 0; s < samples; s++)
        logits.push(bits(carry.outputs.filter((_, at) => at % samples === s)));
      returning.push({ samples, outputs: gradient, inputs: null });
    }
    if (segments.some(({ inFlight }) => inFlight !== way.microBatches))
      throw new Error('a forward whose backward has not come is not counted as in flight');
    returning.forEach((first, k) => {
      let carry = first;
      for (const segment of segments.toReversed()) {
        if (way.recompute) segment.forwardAgain(k);
        carry = handOver(segment.backward(k, carry), way.scribble);
      }
    });
    for (const segment of segments) segment.update();
  }
  const weights = allocate(work.precision, parameterCount(work.model));
  for (const segment of segments) weights.set(segment.parameters, segment.offset);
  return { weights: bits(weights), logits };
}

const optimizers = fc.constantFrom<OptimizerSpec>(
  { kind: 'sgd' },
  { kind: 'momentum', momentum: 0.9 },
  { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
);

const works = fc.record({
  model: fc
    .array(fc.integer({ min: 1, max: 14 }), { minLength: 2, maxLength: 5 })
    .map((layers): MlpSpec => ({ kind: 'mlp', layers, activation: 'relu' })),
  precision: fc.constantFrom<Precision>(32, 64),
  optimizer: optimizers,
  batch: fc.constant(12),
  seed: fc.nat(1000),
});

const ways = (model: MlpSpec) =>
  fc.record({
    cuts: fc
      .subarray(Array.from({ length: neuronCount(model) - 1 }, (_, k) => k + 1))
      .map((cuts) => cuts.sort((a, b) => a - b)),
    microBatches: fc.constantFrom(1, 2, 3, 4, 6, 12),
    recompute: fc.boolean(),
    kernel: fc.constantFrom(plainKernel, simdKernel),
    scribble: fc.boolean(),
  });

t.test('A.1: any cut of the line, any micro-batches, give the bits of one segment', (t) => {
  const cases = works.chain((work) => fc.tuple(fc.constant(work), ways(work.model)));
  fc.assert(
    fc.property(cases, ([work, way]) => {
      const whole = { cuts: [], microBatches: 1, recompute: false, kernel: plainKernel };
      const right = train(work, { ...whole, scribble: false });
      const found = train(work, way);
      return found.weights === right.weights && found.logits.join() === right.logits.join();
    }),
    { numRuns: 150 },
  );
  t.end();
});

t.test('A.1: one neuron a segment gives the bits of one segment', (t) => {
  const model: MlpSpec = { kind: 'mlp', layers: [40, 30, 20, 10], activation: 'relu' };
  const cuts = Array.from({ length: neuronCount(model) - 1 }, (_, k) => k + 1);
  for (const precision of [32, 64] as const) {
    const work: Work = { model, precision, optimizer: { kind: 'sgd' }, batch: 12, seed: 5 };
    const way = { microBatches: 3, recompute: false, kernel: simdKernel, scribble: true };
    const right = train(work, { ...way, cuts: [], microBatches: 1 });
    t.equal(train(work, { ...way, cuts }).weights, right.weights);
  }
  t.end();
});

t.test('what a segment returns owns the whole of its buffer', (t) => {
  const model: MlpSpec = { kind: 'mlp', layers: [6, 5, 4], activation: 'relu' };
  const work: Work = { model, precision: 32, optimizer: { kind: 'sgd' }, batch: 3, seed: 1 };
  const way = { microBatches: 1, recompute: false, kernel: simdKernel, scribble: false };
  const owned = (carry: Carry) =>
    [carry.outputs, carry.inputs].every((a) => a === null || a.byteLength === a.buffer.byteLength);
  for (const cuts of [[2], [5], [3, 7]]) {
    let carry: Carry = { samples: 3, outputs: allocate(32, 0), inputs: features(work, 0, 0, 3) };
    const segments = makeSegments(work, { ...way, cuts });
    for (const segment of segments) {
      const given = carry;
      carry = segment.forward(0, carry);
      t.ok(owned(carry));
      if (carry.inputs !== null) t.not(carry.inputs.buffer, given.inputs?.buffer);
    }
    carry = { samples: 3, outputs: carry.outputs.slice(), inputs: null };
    for (const segment of segments.toReversed()) {
      carry = segment.backward(0, carry);
      t.ok(owned(carry));
    }
    t.equal(carry.outputs.length, 0);
    t.equal(carry.inputs, null);
  }
  t.end();
});

t.test('a wrong carry or key is refused in a sentence', (t) => {
  const model: MlpSpec = { kind: 'mlp', layers: [6, 5, 4], activation: 'relu' };
  const settings = { model, precision: 32, optimizer: { kind: 'sgd' }, learningRate: 1 } as const;
  const make = (low: number, high: number) =>
    new Segment({ ...settings, batch: 3, seed: 1, low, high });
  const empty = allocate(32, 0);
  const segment = make(2, 7);
  t.throws(
    () => segment.forward(0, { samples: 3, outputs: empty, inputs: null }),
    /no input and 0/,
  );
  const good = { samples: 3, outputs: allocate(32, 6), inputs: allocate(32, 18) };
  segment.forward(0, good);
  t.throws(() => segment.forward(0, good), /a second time/);
  t.throws(() => segment.backward(1, good), /its forward would have to come first/);
  t.throws(() => segment.backward(0, { ...good, inputs: null }), /would be right/);
  t.throws(() => segment.forwardAgain(0), /second forward of key 0: its carry alone/);
  const frugal = new Segment({ ...settings, batch: 3, seed: 1, low: 2, high: 7, recompute: true });
  t.throws(() => frugal.forwardAgain(0), /second forward of key 0: its carry alone/);
  frugal.forward(0, good);
  t.throws(() => frugal.backward(0, good), /its second forward would have to come first/);
  frugal.forwardAgain(0);
  t.throws(() => frugal.forwardAgain(0), /second forward of key 0: its carry alone/);
  t.throws(() => make(3, 3), /no run of a line of 9 neurons/);
  t.throws(() => make(0, 10), /no run of a line of 9 neurons/);
  t.end();
});
