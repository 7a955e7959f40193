/** The SIMD kernel is the plain one, only faster: same bits for any shape and any values. */
import fc from 'fast-check';
import t from 'tap';
import { plainKernel } from '../../../../models/learning/kernels/plain.ts';
import { simdKernel } from '../../../../models/learning/kernels/simd.ts';
import { randomStream } from '../../../../engine/random.ts';
import {
  allocate,
  type FloatArray,
  type Precision,
} from '../../../../models/learning/float-array.ts';

const ODD_VALUES = [0, -0, 1e-40, -1e-40, 5e-324, Infinity, -Infinity, 3e38, -1e308, 1];

/** Values around 1, one in eight (with `odd`) of a kind that shortcuts get wrong. */
function values(precision: Precision, length: number, seed: number, odd: boolean): FloatArray {
  const stream = randomStream(seed, 'values');
  return allocate(precision, length).map(() =>
    odd && stream.below(8) === 0
      ? ODD_VALUES[stream.below(ODD_VALUES.length)]
      : 2 * stream.uniform() - 1,
  );
}

/** The bits, with every NaN as the same one: which NaN comes of two is nobody's promise. */
function bits(array: FloatArray): Buffer {
  const canonical = array.map((value) => (Number.isNaN(value) ? NaN : value));
  return Buffer.from(canonical.buffer, canonical.byteOffset, canonical.byteLength);
}

type Shape = { inputs: number; neurons: number; samples: number };

function agree(shape: Shape, precision: Precision, seed: number, odd: boolean): void {
  const { inputs, neurons, samples } = shape;
  const make = (length: number, part: number) => values(precision, length, seed * 8 + part, odd);
  const parameters = make(neurons * (inputs + 1), 0);
  const x = make(inputs * samples, 1);
  const dz = make(neurons * samples, 2);
  const results = [plainKernel, simdKernel].map((kernel) => {
    const y = make(neurons * samples, 3);
    kernel.forward(shape, parameters, x, y);
    const dx = make(inputs * samples, 4);
    kernel.backwardInputs(shape, parameters, dz, dx);
    const gradients = make(neurons * (inputs + 1), 5);
    kernel.backwardParameters(shape, x, dz, gradients);
    return { y, dx, gradients };
  });
  for (const name of ['y', 'dx', 'gradients'] as const)
    if (!bits(results[0][name]).equals(bits(results[1][name])))
      throw new Error(`${name} differs for ${JSON.stringify(shape)} at ${precision} bits`);
}

const precisions = fc.constantFrom<Precision>(32, 64);

t.test('SIMD equals the oracle bit for bit, for any small shape and odd values', (t) => {
  const size = fc.integer({ min: 1, max: 40 });
  const shape = fc.record({ inputs: size, neurons: size, samples: size });
  fc.assert(fc.property(shape, precisions, fc.nat(1e6), fc.boolean(), agree), { numRuns: 400 });
  t.end();
});

t.test('SIMD equals the oracle bit for bit at the widths of real layers', (t) => {
  for (const precision of [32, 64] as const)
    for (const [inputs, neurons, samples] of [
      [784, 1, 6],
      [784, 4, 12],
      [784, 5, 20],
      [785, 3, 1],
      [784, 128, 16],
      [128, 64, 128],
      [300, 200, 33],
    ])
      agree({ inputs, neurons, samples }, precision, 7, false);
  t.end();
});

t.test('arguments may be views into larger arrays', (t) => {
  const whole = values(32, 1000, 3, false);
  const shape = { inputs: 20, neurons: 5, samples: 7 };
  const x = values(32, 140, 4, false);
  const results = [plainKernel, simdKernel].map((kernel) => {
    const y = allocate(32, 100);
    kernel.forward(shape, whole.subarray(11, 116), x, y.subarray(9, 44));
    return y;
  });
  t.same(bits(results[0]), bits(results[1]));
  t.equal(results[1][8], 0);
  t.equal(results[1][44], 0);
  t.end();
});
