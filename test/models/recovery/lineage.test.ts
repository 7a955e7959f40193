import t from 'tap';
import fc from 'fast-check';
import { firstEpochOf, nextEpoch } from '../../../models/recovery/epoch.ts';
import { joinBeginnings, redoneSince } from '../../../models/recovery/lineage.ts';
import { leastEpoch } from '../../../models/recovery/repair-token.ts';

const anyBeginnings = fc.uniqueArray(fc.record({ epoch: fc.nat(20), version: fc.nat(9) }), {
  selector: ({ epoch }) => epoch,
});

t.test('F: what is left out of a joined history changes no answer', async (t) => {
  fc.assert(
    fc.property(anyBeginnings, fc.nat(20), fc.nat(99), (all, epoch, cut) => {
      const at = cut % (all.length + 1);
      const joined = joinBeginnings([all.slice(0, at), all.slice(at), all.slice(0, 1)]);
      const rises = joined.every(({ version }, i) => i === 0 || version > joined[i - 1].version);
      return rises && redoneSince(joined, epoch, 0) === redoneSince(all, epoch, 0);
    }),
  );
  t.equal(redoneSince([], 3, 0), Infinity, 'nothing is known to have been done again');
});

t.test('F: where a node has two beginnings in one epoch the lesser holds', async (t) => {
  const work = [0, 1].map((version) => ({ epoch: 5, version, node: 2 }));
  for (const all of [work, [...work].reverse()])
    t.equal(redoneSince(joinBeginnings([all]), 4, 2), 0, 'what is done again from there on is all');
});

t.test(
  'C: where most have lost their memory a view lies above all epochs of lives that are over',
  async (t) => {
    const report = (node: number, life: number, joining: boolean) => ({
      ...{ node, life, joining, report: null },
    });
    t.equal(leastEpoch([report(0, 0, false), report(1, 0, false), report(2, 3, true)], 0), 0);
    const forgotten = [report(0, 1, true), report(1, 2, true), report(2, 0, false)];
    t.equal(leastEpoch(forgotten, 0), firstEpochOf(2));
    t.ok(nextEpoch(firstEpochOf(2), 0) > nextEpoch(firstEpochOf(1), 2 ** 20 - 1));
  },
);
