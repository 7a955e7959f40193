/** How writes under one name are ordered: like words in a dictionary, with numbers for letters. */
import fc from 'fast-check';
import t from 'tap';
import { isBefore } from '../../engine/storage/stamp.ts';

const stamps = fc.array(fc.nat(3), { maxLength: 3 });

t.test('of two stamps one is before the other, or they are the same', async (t) => {
  fc.assert(
    fc.property(stamps, stamps, (one, other) => {
      const sides = [isBefore(one, other), isBefore(other, one)].filter((is) => is);
      return sides.length === (one.join() === other.join() ? 0 : 1);
    }),
  );
  t.ok(isBefore([1, 10], [2, 1]) && isBefore([1, 9], [1, 10]) && isBefore([], [0]));
});

t.test('what is before another is before all behind it', async (t) => {
  fc.assert(
    fc.property(
      stamps,
      stamps,
      stamps,
      (a, b, c) => !(isBefore(a, b) && isBefore(b, c)) || isBefore(a, c),
    ),
  );
  t.pass();
});
