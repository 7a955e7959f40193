import fc from 'fast-check';
import t from 'tap';
import { Extremes } from '../../../../models/costs/partition/extremes.ts';

const value = fc.integer({ min: 0, max: 9 });

t.test(
  'the next thing that passes a test, or fails it, is the one found by looking at each',
  async (t) => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 70 }),
        fc.tuple(value, value),
        fc.boolean(),
        fc.tuple(fc.nat(), fc.nat()),
        (pairs, [first, second], passes, drawn) => {
          const from = drawn[0] % (pairs.length + 1);
          const end = from + (drawn[1] % (pairs.length + 1 - from));
          const values = [0, 1].map((which) => Float64Array.from(pairs, (pair) => pair[which]));
          const test = ([x, y]: readonly Float64Array[], index: number) =>
            x[index] <= first && y[index] <= second;
          let expected = from;
          while (expected < end && test(values, expected) !== passes) expected++;
          return new Extremes(values).next(from, end, passes, test) === expected;
        },
      ),
      { numRuns: 3000 },
    );
    t.pass();
  },
);

t.test('a long row without one is passed over in few looks', async (t) => {
  let looks = 0;
  const values = [Float64Array.from({ length: 100_000 }, (_, index) => (index === 0 ? 0 : 1))];
  const found = new Extremes(values).next(1, 99_999, true, ([x], index) => {
    looks++;
    return x[index] < 1;
  });
  t.equal(found, 99_999);
  t.ok(looks < 80, `${looks} looks`);
});
