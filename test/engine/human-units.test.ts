/** Sentences for people have sizes and times in the units that suit them. */
import t from 'tap';
import { deadlock, nobodyLeft } from '../../engine/run-failure.ts';
import { Ledger, OutOfMemory } from '../../engine/ledger.ts';

t.test('a failure tells of time as people do', async (t) => {
  const ns = 9_177_206_200;
  t.match(deadlock([], 4, ns, 'nothing is left to happen').message, /^deadlock after 9\.18 s: /);
  t.match(nobodyLeft([0], 1, ns, null).message, /^no node is left after 9\.18 s: /);
});

t.test('a ledger tells of memory as people do', async (t) => {
  const ledger = new Ledger(64 * 2 ** 20);
  try {
    ledger.hold('weights', 67_162_040);
    t.fail('it is over the limit');
  } catch (error) {
    t.ok(error instanceof OutOfMemory);
    t.match(error, {
      message:
        /^holding 64\.1 MiB more of 'weights' goes 51\.9 KiB over the 64\.0 MiB of the host$/,
    });
  }
});
