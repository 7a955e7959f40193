/** Bars and sparklines: small cases by hand, sums for any shares. */
import fc from 'fast-check';
import t from 'tap';
import { apportion, level, progressBar, sparkline } from '../../../sim/ui/bars.ts';
import { ellipse, gridOf, spreadOver } from '../../../sim/ui/geometry.ts';
import { beside, cut, ends, flow } from '../../../sim/ui/line.ts';

function text(line: readonly { text: string }[]): string {
  return line.map((span) => span.text).join('');
}

t.test('shares are apportioned by largest remainder', async (t) => {
  t.strictSame(apportion([1, 1, 1], 100), [34, 33, 33]);
  t.strictSame(apportion([0.5, 0.25, 0.25], 8), [4, 2, 2]);
  t.strictSame(apportion([0, 0], 10), [0, 0]);
});

t.test('any shares: parts sum to the whole and are less than 1 off', async () => {
  const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1 });
  fc.assert(
    fc.property(shares, fc.nat(200), (given, total) => {
      const sum = given.reduce((first, second) => first + second, 0);
      fc.pre(sum > 0);
      const parts = apportion(given, total);
      return (
        parts.reduce((first, second) => first + second, 0) === total &&
        parts.every((part, index) => Math.abs(part - (given[index] / sum) * total) < 1.000001)
      );
    }),
  );
});

t.test(
  'a sparkline spans its values, and averages more of them than it has room for',
  async (t) => {
    t.equal(sparkline([0, 1, 2, 3, 4, 5, 6, 7], 8), '▁▂▃▄▅▆▇█');
    t.equal(sparkline([8, 6, 2, 0], 2), '█▁');
    t.equal(sparkline([5, 5, 5], 8), '▁▁▁');
    t.equal(sparkline([NaN, 1, Infinity, 2], 8), '▁█');
    t.equal(sparkline([], 8), '');
  },
);

t.test('levels and progress stay within their ends', async (t) => {
  t.equal([-1, 0, 0.5, 1, 2].map(level).join(''), '▁▁▅██');
  t.strictSame(progressBar(0.25, 8), { done: '━━', left: '──────' });
  t.strictSame(progressBar(7, 2), { done: '━━', left: '' });
  t.strictSame(progressBar(NaN, 2), { done: '', left: '──' });
});

t.test('lines are cut, joined and filled to their width', async (t) => {
  const line = [{ text: 'abc' }, { text: 'def' }];
  t.equal(text(cut(line, 6)), 'abcdef');
  t.equal(text(cut(line, 5)), 'abcd…');
  t.equal(text(cut(line, 0)), '');
  t.equal(text(ends([{ text: 'left and more' }], [{ text: 'right' }], 16)), 'left and…  right');
  t.equal(text(ends([{ text: 'left' }], [{ text: 'right' }], 9)), 'left');
  t.strictSame(flow([[{ text: 'aa' }], [{ text: 'bb' }], [{ text: 'cc' }]], 6).map(text), [
    'aa  bb',
    'cc',
  ]);
  t.strictSame(beside([[{ text: 'a' }]], [[{ text: 'x' }], [{ text: 'y' }]], 2, 1).map(text), [
    'a  x',
    '   y',
  ]);
});

t.test('any ellipse: closed, without gaps, mirrored left to right and up to down', async () => {
  const odd = (limit: number) => fc.nat(limit).map((half) => 2 * half + 7);
  fc.assert(
    fc.property(odd(30), odd(12), (width, height) => {
      const places = ellipse(width, height);
      const keys = new Set(places.map(({ column, row }) => `${column},${row}`));
      const isWhole = places.every(({ column, row }, index) => {
        const next = places[(index + 1) % places.length];
        return Math.abs(next.column - column) <= 1 && Math.abs(next.row - row) <= 1;
      });
      const isMirrored = places.every(
        ({ column, row }) =>
          keys.has(`${width - 1 - column},${row}`) && keys.has(`${column},${height - 1 - row}`),
      );
      return isWhole && isMirrored && keys.size === places.length;
    }),
  );
});

t.test('nodes stand on places of their own, or do not fit', async (t) => {
  const track = ellipse(11, 7);
  const places = spreadOver(track, track.length) ?? [];
  t.equal(new Set(places).size, track.length);
  t.equal(spreadOver(track, track.length + 1), null);
});

t.test('any grid: holds all nodes, within its size, with no row left empty', async () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 100_000 }),
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 30 }),
      (nodes, width, height) => {
        const { columns, rows, nodesPerCell } = gridOf(nodes, width, height);
        const holds = columns * rows * nodesPerCell;
        const isTight = columns * (rows - 1) * nodesPerCell < nodes;
        return holds >= nodes && isTight && columns <= width && rows <= height;
      },
    ),
  );
});
