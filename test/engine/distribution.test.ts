import t from 'tap';
import { sample, type Distribution } from '../../engine/distribution.ts';
import { randomStream } from '../../engine/random.ts';

const DRAWS = 50_000;

function draw(distribution: Distribution): number[] {
  const stream = randomStream(9, distribution.kind);
  return Array.from({ length: DRAWS }, () => sample(distribution, stream)).sort((a, b) => a - b);
}

function moments(drawn: number[]): { mean: number; deviation: number } {
  const mean = drawn.reduce((sum, x) => sum + x, 0) / DRAWS;
  const squares = drawn.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / DRAWS) };
}

const cases: { distribution: Distribution; mean: number; deviation: number; least: number }[] = [
  { distribution: { kind: 'constant', value: 2 }, mean: 2, deviation: 0, least: 2 },
  {
    distribution: { kind: 'uniform', low: 1, high: 3 },
    mean: 2,
    deviation: 1 / Math.sqrt(3),
    least: 1,
  },
  { distribution: { kind: 'normal', mean: 5, deviation: 0.5 }, mean: 5, deviation: 0.5, least: 2 },
  {
    distribution: { kind: 'log-normal', mean: 1, deviation: 0.5 },
    mean: 1,
    deviation: 0.5,
    least: 0,
  },
  { distribution: { kind: 'exponential', mean: 3 }, mean: 3, deviation: 3, least: 0 },
  {
    distribution: { kind: 'pareto', minimum: 1, shape: 5 },
    mean: 5 / 4,
    deviation: Math.sqrt(5 / 48),
    least: 1,
  },
];

for (const { distribution, mean, deviation, least } of cases)
  t.test(`${distribution.kind} has its mean, its deviation and its least value`, async (t) => {
    const drawn = draw(distribution);
    const found = moments(drawn);
    t.ok(Math.abs(found.mean - mean) <= (5 * deviation) / Math.sqrt(DRAWS), `mean ${found.mean}`);
    t.ok(Math.abs(found.deviation - deviation) <= 0.06 * deviation, `${found.deviation}`);
    t.ok(drawn[0] >= least && drawn[DRAWS - 1] < Infinity, `from ${drawn[0]}`);
  });

t.test('a normal factor is never negative', async (t) => {
  const drawn = draw({ kind: 'normal', mean: 0, deviation: 1 });
  const zeros = drawn.filter((x) => x === 0).length;
  t.equal(drawn[0], 0);
  t.ok(Math.abs(zeros - DRAWS / 2) < 600, `${zeros} zeros`);
});

t.test('the tail of pareto falls as a power', async (t) => {
  const drawn = draw({ kind: 'pareto', minimum: 2, shape: 1.5 });
  const above = drawn.filter((x) => x > 8).length / DRAWS;
  t.ok(Math.abs(above - (2 / 8) ** 1.5) < 0.008, `${above} above 8`);
});

t.test('the same stream gives the same draws', async (t) => {
  const distribution: Distribution = { kind: 'log-normal', mean: 1, deviation: 1 };
  t.same(draw(distribution).slice(0, 50), draw(distribution).slice(0, 50));
});
