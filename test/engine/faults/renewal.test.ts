import fc from 'fast-check';
import t from 'tap';
import { drawIntervalNs, gamma } from '../../../engine/faults/renewal.ts';
import { randomStream } from '../../../engine/random.ts';

const MEAN_NS = 1e9;
const DRAWS = 20000;

function draws(shape: number, seed: number): number[] {
  const stream = randomStream(seed, 'faults/0');
  return Array.from({ length: DRAWS }, () => drawIntervalNs(MEAN_NS, shape, stream));
}

t.test(
  'the gamma function is factorials at whole numbers, and meets its reflection at halves',
  async (t) => {
    for (let n = 1, factorial = 1; n <= 12; factorial *= n++)
      t.ok(Math.abs(gamma(n) / factorial - 1) < 1e-13, `gamma(${n})`);
    t.ok(Math.abs(gamma(1.5) / (Math.sqrt(Math.PI) / 2) - 1) < 1e-13);
    t.ok(Math.abs(gamma(3.5) / ((15 / 8) * Math.sqrt(Math.PI)) - 1) < 1e-13);
  },
);

t.test(
  'a Weibull process of any shape has the mean that was asked for, within five standard errors',
  async (t) => {
    for (const shape of [0.7, 1, 1.5, 3])
      for (const seed of [1, 2, 3]) {
        const sum = draws(shape, seed).reduce((total, ns) => total + ns, 0);
        const relativeVariance = gamma(1 + 2 / shape) / gamma(1 + 1 / shape) ** 2 - 1;
        const error = Math.sqrt(relativeVariance / DRAWS);
        const ratio = sum / DRAWS / MEAN_NS;
        t.ok(Math.abs(ratio - 1) < 5 * error, `shape ${shape}, seed ${seed}: ${ratio}`);
      }
  },
);

t.test('times between strikes are distributed as 1 - exp(-(x/scale)^shape)', async (t) => {
  for (const shape of [0.7, 1, 3]) {
    const scale = MEAN_NS / gamma(1 + 1 / shape);
    const sorted = draws(shape, 7).sort((one, other) => one - other);
    let furthest = 0;
    for (const [at, ns] of sorted.entries()) {
      const expected = 1 - Math.exp(-((ns / scale) ** shape));
      furthest = Math.max(furthest, Math.abs((at + 0.5) / DRAWS - expected));
    }
    // Kolmogorov and Smirnov: further than 1.95 / sqrt(n) once in a thousand samples.
    t.ok(furthest < 1.95 / Math.sqrt(DRAWS), `shape ${shape}: ${furthest}`);
  }
});

t.test(
  'every interval is a whole number of nanoseconds, one or more, and takes one draw',
  async (t) => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-3, max: 1e12, noNaN: true }),
        fc.double({ min: 0.3, max: 8, noNaN: true }),
        fc.nat(),
        (meanNs, shape, seed) => {
          const [one, other] = [randomStream(seed, 'x'), randomStream(seed, 'x')];
          const ns = drawIntervalNs(meanNs, shape, one);
          other.uniform();
          return Number.isInteger(ns) && ns >= 1 && one.next() === other.next();
        },
      ),
    );
    t.pass();
  },
);
