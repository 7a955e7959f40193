import t from 'tap';
import fc from 'fast-check';
import {
  joinBeginnings,
  redoneSince,
  wayTo,
} from '../../../../models/protocols/ring-tmp/recovery/lineage.ts';

const anyBeginnings = fc
  .uniqueArray(
    fc.record({
      ...{ epoch: fc.nat(20), version: fc.nat(9) },
      back: fc.option(fc.nat(3), { nil: undefined }),
    }),
    { selector: ({ epoch }) => epoch },
  )
  .map((all) =>
    all.map(({ epoch, version, back }) =>
      back === undefined ? { epoch, version } : { epoch, version, from: epoch - 1 - back },
    ),
  );

t.test('F: what is left out of a joined history changes no answer', async (t) => {
  fc.assert(
    fc.property(anyBeginnings, fc.nat(20), fc.nat(99), (all, epoch, cut) => {
      const at = cut % (all.length + 1);
      const joined = joinBeginnings([all.slice(0, at), all.slice(at), all.slice(0, 1)]);
      const plain = joined.filter(({ from }) => from === undefined);
      const rises = plain.every(({ version }, i) => i === 0 || version > plain[i - 1].version);
      return rises && redoneSince(joined, epoch) === redoneSince(all, epoch);
    }),
  );
  t.equal(redoneSince([], 3), Infinity, 'nothing is known to have been done again');
});

t.test(
  'F: what is done in a view is in vain for those that do not go on from it, and all else as if it had not been',
  async (t) => {
    const first = { epoch: 1, version: 0 };
    const second = { epoch: 3, version: 2, from: 1 };
    const left = [first, second, { epoch: 5, version: 0, from: 3 }];
    const way = [...wayTo(3, [[first], left]), { epoch: 7, version: 4, from: 3 }];
    t.same(way.slice(0, -1), [first, second], 'what those say who were in the view in between');
    t.equal(redoneSince(left, 3), 0, 'it had gone back to the beginning');
    t.equal(redoneSince(way, 3), 4, 'what it gave up counts');
    t.equal(redoneSince(way, 5), 0, 'what it did does not, whatever step it is of');
    t.equal(redoneSince(way, 1), 2, 'and what had been given up before stays so');
    t.equal(redoneSince(way, 2), 0);
    const aside = [{ epoch: 2, version: 1, from: 1 }];
    t.same(wayTo(3, [aside, left]), [first, second], 'who was elsewhere is not asked');
    t.same(wayTo(4, [aside, left]), [first, aside[0], second], 'but where nobody was in it');
  },
);

t.test('F: where two know of one epoch with two beginnings the lesser holds', async (t) => {
  const work = [0, 1].map((version) => ({ epoch: 5, version }));
  for (const all of [work, [...work].reverse()])
    t.equal(redoneSince(joinBeginnings([all]), 4), 0, 'what is done again from there on is all');
});
