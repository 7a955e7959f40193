import fc from 'fast-check';
import t from 'tap';
import { hashName, randomStream } from '../../engine/random.ts';

function draw(seed: number, name: string, count = 100): number[] {
  const stream = randomStream(seed, name);
  return Array.from({ length: count }, () => stream.next());
}

t.test('a stream depends on its seed and name and on nothing else', async (t) => {
  const alone = draw(1, 'node/17/jitter');
  const one = randomStream(1, 'node/17/jitter');
  const other = randomStream(1, 'node/18/jitter');
  const mixed = alone.map(() => {
    other.next();
    return one.next();
  });
  t.same(mixed, alone, 'another stream in between changes nothing');
  t.same(draw(1, 'node/17/jitter'), alone);
  t.same(alone.slice(0, 3), [500586646, 281756187, 816239309], 'on every machine');
});

t.test('streams of near names and seeds have nothing in common', async (t) => {
  const names = ['a', 'b', 'aa', 'node/1', 'node/2', 'node/12', 'node/21', ''];
  const drawn = names.flatMap((name) =>
    [0, 1, 2, 2 ** 32, 2 ** 53].map((seed) => draw(seed, name)),
  );
  t.equal(new Set(drawn.flat()).size, drawn.length * 100, 'no number twice in 4,000');
  for (let i = 1; i < drawn.length; i++) {
    let changed = 0;
    for (let k = 0; k < 100; k++)
      changed += ((drawn[0][k] ^ drawn[i][k]) >>> 0).toString(2).replaceAll('0', '').length;
    if (Math.abs(changed - 1600) > 170) t.fail(`${changed} of 3,200 bits differ in stream ${i}`);
  }
});

t.test('any two names give different states', async (t) => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.maxSafeNat(), (one, other, seed) => {
      fc.pre(one !== other);
      return hashName(seed, one).join() !== hashName(seed, other).join();
    }),
  );
  t.pass();
});

t.test('uniform is in [0, 1) with the mean and variance it should have', async (t) => {
  const stream = randomStream(3, 'uniform');
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < 100_000; i++) {
    const drawn = stream.uniform();
    if (!(drawn >= 0 && drawn < 1)) throw new Error(`${drawn} is outside`);
    sum += drawn;
    squares += (drawn - 0.5) ** 2;
  }
  t.ok(Math.abs(sum / 100_000 - 0.5) < 0.005, 'five standard errors');
  t.ok(Math.abs(squares / 100_000 - 1 / 12) < 0.002);
});

t.test('below is in its bound and without bias, also for bounds near 2^32', async (t) => {
  const stream = randomStream(4, 'below');
  const counts = new Array<number>(6).fill(0);
  for (let i = 0; i < 60_000; i++) counts[stream.below(6)]++;
  for (const count of counts) t.ok(Math.abs(count - 10_000) < 500, `${count} of 60,000`);
  // A plain remainder would give the lower third of [0, 3 * 2^30) twice as often as the rest.
  const bound = 3 * 2 ** 30;
  let lower = 0;
  for (let i = 0; i < 30_000; i++) if (stream.below(bound) < 2 ** 30) lower++;
  t.ok(Math.abs(lower - 10_000) < 450, `${lower} of 30,000 in the lower third`);
  t.equal(stream.below(1), 0);
  t.ok(stream.below(2 ** 32) < 2 ** 32);
});

t.test('a bound that is none is refused', async (t) => {
  const stream = randomStream(5, 'below');
  for (const bound of [0, -1, 1.5, NaN, 2 ** 32 + 1])
    t.throws(() => stream.below(bound), /a whole number from 1 to 2\^32 would be right/);
});
