/** Which shares of an asynchronous run are in the weights, and in whose hands: held against plain sets. */
import fc from 'fast-check';
import t from 'tap';
import { HandedOut } from '../../../../models/protocols/parameter-server/server/handed-out.ts';
import { AppliedShares } from '../../../../models/protocols/parameter-server/shard/applied-shares.ts';

t.test(
  'applied shares are those that were added, in any order, and take no room once all below are in',
  async (t) => {
    const numbers = fc
      .uniqueArray(fc.nat(30), { minLength: 1 })
      .chain((few) =>
        fc.tuple(fc.constant(few), fc.shuffledSubarray([...Array(31).keys()], { minLength: 31 })),
      );
    fc.assert(
      fc.property(numbers, ([few, all]) => {
        const some = new AppliedShares();
        for (const number of few) some.add(number);
        for (let number = 0; number < 40; number++)
          if (some.has(number) !== few.includes(number)) return false;
        const again = new AppliedShares(some.toList());
        for (const number of all) if (!again.has(number)) again.add(number);
        return again.toList().join() === '31' && some.without(again).length === 0;
      }),
    );
    t.pass();
  },
);

t.test(
  'a share is with every shard once it has come, and where there are several once its worker has asked twice since',
  async (t) => {
    for (const shards of [1, 2]) {
      const handed = new HandedOut(shards, 9);
      handed.give(7, 3);
      t.ok(handed.has(3));
      handed.come(8, 3);
      t.same(handed.takeBack(7), [3], 'from somebody else');
      t.notOk(handed.has(3));
      handed.giveBack(7);
      handed.come(7, 3);
      for (const asked of [0, 1, 2]) {
        t.same(handed.takeBack(7), [], 'it has come');
        t.equal(
          handed.has(3),
          shards === 1 || asked === 2,
          `${shards} shards, asked ${asked} times`,
        );
        handed.giveBack(7);
        handed.asks(7);
      }
    }
  },
);
