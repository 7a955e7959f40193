/** Where two protocols cross is between the numbers of nodes where the sign of their difference changes. */
import fc from 'fast-check';
import t from 'tap';
import {
  crossings,
  crossingText,
  edgesOf,
} from '../../../reports/studies/experiments/crossover.ts';

const at = (nodes: number, difference: number, row = '1 Gbit/s') => ({
  ...{ nodes, difference, row, panel: 'all alike' },
});

t.test(
  'where the difference is linear in the logarithm of nodes, the crossing is exact',
  async () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1.1, max: 8.9, noNaN: true }),
        fc.boolean(),
        (place, isFalling) => {
          const slope = isFalling ? -0.1 : 0.1;
          const points = [2, 8, 32, 512].map((nodes) =>
            at(nodes, slope * (Math.log2(nodes) - place)),
          );
          const [only, ...more] = crossings(points.filter(({ difference }) => difference !== 0));
          return more.length === 0 && Math.abs(Math.log2(only.nodes) - place) < 1e-9;
        },
      ),
    );
  },
);

t.test('a tie is no crossing, and ties in between hide none', async (t) => {
  t.same(crossings([at(4, -0.1), at(16, 0), at(64, -0.1)]), []);
  const found = crossings([at(64, 0.1), at(4, -0.1), at(16, 0)]);
  t.same(edgesOf(found), [{ x: 4, series: '1 Gbit/s', panel: 'all alike' }]);
  t.equal(Math.round(found[0].nodes), 16);
});

t.test('the sentence says where, and who waits less beyond; or who always does', async (t) => {
  t.equal(
    crossingText('a', 'b', [at(4, -0.1), at(16, 0.1)]),
    'a and b cross at about 8 nodes (all alike, 1 Gbit/s; b waits less beyond).',
  );
  t.match(crossingText('a', 'b', [at(4, -0.1), at(16, 0)]), /nowhere: a waits less, or as long/);
  t.match(crossingText('a', 'b', [at(4, 0.1), at(16, 0)]), /nowhere: b waits less, or as long/);
  t.match(crossingText('a', 'b', [at(4, 0)]), /equally long throughout/);
  t.match(crossingText('a', 'b', [at(4, 1), at(4, -1, '10 Gbit/s')]), /on each kind of cluster/);
});
