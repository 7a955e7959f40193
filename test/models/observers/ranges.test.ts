/** Ranges of whole numbers against sets of them. */
import fc from 'fast-check';
import t from 'tap';
import { countOf, union } from '../../../models/observers/ranges.ts';

const anyRanges = fc.array(
  fc.tuple(fc.nat(30), fc.nat(6)).map(([low, size]) => [low, low + size] as const),
  { maxLength: 8 },
);

t.test('any ranges: their union holds what is in any of them, in order and apart', async () => {
  fc.assert(
    fc.property(anyRanges, anyRanges, (one, other) => {
      const all = new Set<number>();
      for (const [low, high] of [...one, ...other])
        for (let number = low; number < high; number++) all.add(number);
      const ranges = union(one, other);
      return (
        countOf(ranges) === all.size &&
        ranges.every(([low, high]) => high > low && all.has(low) && all.has(high - 1)) &&
        ranges.every(([low], index) => index === 0 || low > ranges[index - 1][1])
      );
    }),
    { numRuns: 500 },
  );
});

t.test('the lists given are left as they are', async (t) => {
  const [one, other]: [number, number][][] = [[[5, 9]], [[0, 6]]];
  t.strictSame(union(one, other), [[0, 9]]);
  t.strictSame(one, [[5, 9]]);
  t.strictSame(other, [[0, 6]]);
});
