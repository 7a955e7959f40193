/** The optimizers against their formulas, one scalar at a time, and cut into slices. */
import fc from 'fast-check';
import t from 'tap';
import { allocate, type Precision } from '../../../models/learning/float-array.ts';
import { Optimizer } from '../../../models/learning/optimizer.ts';
import type { OptimizerSpec } from '../../../models/spec/training.ts';

const optimizers: OptimizerSpec[] = [
  { kind: 'sgd' },
  { kind: 'momentum', momentum: 0.9 },
  { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
];

interface Steps {
  readonly learningRate: number;
  readonly batch: number;
}

/** One parameter after each of the gradients in turn; f rounds every step. */
function scalar(
  spec: OptimizerSpec,
  { learningRate, batch }: Steps,
  start: number,
  gradients: readonly number[],
  f: (value: number) => number,
): number {
  let [w, m, v, power1, power2] = [f(start), 0, 0, 1, 1];
  for (const sum of gradients.map(f)) {
    const g = f(f(1 / batch) * sum);
    if (spec.kind === 'sgd') w = f(w - f(f(learningRate / batch) * sum));
    if (spec.kind === 'momentum') {
      v = f(f(f(spec.momentum) * v) + g);
      w = f(w - f(f(learningRate) * v));
    }
    if (spec.kind === 'adam') {
      power1 *= spec.beta1;
      power2 *= spec.beta2;
      m = f(f(f(spec.beta1) * m) + f(f(1 - spec.beta1) * g));
      v = f(f(f(spec.beta2) * v) + f(f(1 - spec.beta2) * f(g * g)));
      const spread = f(f(Math.sqrt(f(v * f(1 / (1 - power2))))) + f(spec.epsilon));
      w = f(w - f(f(f(learningRate / (1 - power1)) * m) / spread));
    }
  }
  return w;
}

const number = fc.double({ min: -10, max: 10, noNaN: true });

t.test('an update equals the scalar formula bit for bit, whatever slice it is part of', (t) => {
  fc.assert(
    fc.property(
      fc.constantFrom(...optimizers),
      fc.constantFrom<Precision>(32, 64),
      fc.array(fc.tuple(number, fc.array(number, { minLength: 4, maxLength: 4 })), {
        minLength: 1,
        maxLength: 9,
      }),
      // Any rate and batch: the bits tell eta / B, rounded once, from other ways to scale by it.
      fc.record({
        learningRate: fc.double({ min: 1e-4, max: 1, noNaN: true }),
        batch: fc.integer({ min: 1, max: 300 }),
      }),
      (optimizer, precision, rows, steps) => {
        const settings = { optimizer, precision, ...steps };
        const state = new Optimizer(settings, rows.length);
        const parameters = allocate(precision, rows.length);
        rows.forEach(([start], k) => (parameters[k] = start));
        for (let step = 0; step < 4; step++) {
          const gradients = allocate(precision, rows.length);
          rows.forEach(([, sums], k) => (gradients[k] = sums[step]));
          state.step(parameters, gradients);
        }
        const f = precision === 32 ? Math.fround : (value: number) => value;
        return rows.every(([start, sums], k) =>
          Object.is(parameters[k], scalar(optimizer, steps, start, sums, f)),
        );
      },
    ),
  );
  t.end();
});

t.test("the textbook's first steps, to rounding", (t) => {
  const first = (optimizer: OptimizerSpec) => {
    const state = new Optimizer({ optimizer, precision: 64, learningRate: 0.1, batch: 2 }, 1);
    const parameters = Float64Array.of(1);
    state.step(parameters, Float64Array.of(4));
    state.step(parameters, Float64Array.of(4));
    return parameters[0];
  };
  const close = (found: number, right: number) => t.ok(Math.abs(found - right) < 1e-7, `${found}`);
  close(first(optimizers[0]), 1 - 0.1 * 2 - 0.1 * 2);
  close(first(optimizers[1]), 1 - 0.1 * 2 - 0.1 * (0.9 * 2 + 2));
  close(first(optimizers[2]), 1 - 0.1 - 0.1);
  t.end();
});
