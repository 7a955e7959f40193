/** PROTOCOLS C: what a replica can serve, whatever comes in whatever order of work. */
import fc from 'fast-check';
import t from 'tap';
import { Replica } from '../../../models/replication/replica.ts';

t.test(
  'C: with one step held back a replica serves two versions, and the older stays',
  async (t) => {
    const replica = new Replica<string>(7, 1);
    t.same([replica.low, replica.high, replica.due], [7, 7, 0]);
    replica.add(7, 'seventh');
    t.same([replica.low, replica.high, replica.due], [7, 8, 0]);
    t.same(replica.stepsTo(8), ['seventh']);
    replica.add(8, 'eighth');
    t.same([replica.low, replica.high, replica.due], [7, 9, 1]);
    t.equal(replica.oldest, 'seventh');
    replica.stepped();
    t.same([replica.low, replica.high, replica.due], [8, 9, 0]);
    t.same(replica.stepsTo(8), []);
  },
);

t.test('C: steps are made once each, in order, and any version asked for is reached', async (t) => {
  fc.assert(
    fc.property(
      fc.nat(9),
      fc.nat(2),
      fc.array(fc.boolean(), { maxLength: 40 }),
      (start, heldBack, acts) => {
        const replica = new Replica<number>(start, heldBack);
        let state = start;
        for (const add of acts) {
          if (add) replica.add(replica.high, replica.high);
          else if (replica.due > 0) {
            if (replica.oldest !== state) return false;
            state++;
            replica.stepped();
          }
          if (replica.low !== state || replica.due !== Math.max(0, replica.high - state - heldBack))
            return false;
          for (let version = state; version <= replica.high; version++) {
            const steps = replica.stepsTo(version);
            if (steps.some((step, k) => step !== state + k)) return false;
            if (steps.length !== version - state) return false;
          }
        }
        return true;
      },
    ),
  );
  t.pass();
});

t.test('a step or a version out of turn is refused in a sentence', async (t) => {
  const replica = new Replica<null>(3, 1);
  t.throws(() => replica.add(4, null), /got step 4, step 3 would be next/);
  t.throws(() => replica.add(2, null), /got step 2, step 3 would be next/);
  t.throws(() => replica.stepsTo(2), /versions 3 to 3 was asked for version 2/);
  t.throws(() => replica.stepsTo(4), /was asked for version 4/);
  t.throws(() => replica.oldest, /made every step that came/);
});
