/** The history of link use: exact at its samples, conserved over the run, bounded in memory. */
import fc from 'fast-check';
import t from 'tap';
import { LinkHistory, TIMELINE_SLOTS } from '../../../engine/network/link-history.ts';

t.test('what the slots hold sums to the busy time of the whole run', (t) => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          step: fc.integer({ min: 1, max: 1000 }),
          use: fc.double({ min: 0, max: 1, noNaN: true }),
        }),
        {
          minLength: 1,
          maxLength: 400,
        },
      ),
      (parts) => {
        const history = new LinkHistory(1);
        let timeNs = 0;
        let busyNs = 0;
        for (const { step, use } of parts) {
          timeNs += step;
          busyNs += step * use;
          const nowNs = busyNs;
          history.sample(timeNs, parts.length, () => Float64Array.of(nowNs));
        }
        const endNs = timeNs + 10;
        const slots = history.timeline(endNs, Float64Array.of(busyNs));
        const sum = slots.reduce((total, share) => total + (share * endNs) / TIMELINE_SLOTS, 0);
        return Math.abs(sum - busyNs) <= 1e-5 * endNs;
      },
    ),
  );
  t.pass('400 random histories');
  t.end();
});

/** Samples at every instant of so many nanoseconds, as the kernel does. Returns how many were taken, and asked for. */
function sampled(history: LinkHistory, endNs: number, row: (timeNs: number) => Float64Array) {
  let [taken, asked] = [0, 0];
  let dueNs = 1;
  for (let timeNs = 1; timeNs < endNs; timeNs++) {
    if (timeNs < dueNs) continue;
    asked++;
    for (const nowNs of [timeNs - 1, timeNs])
      dueNs = history.sample(nowNs, timeNs, () => {
        taken++;
        return row(nowNs);
      });
  }
  return { taken, asked };
}

t.test('a link used in the first half only shows it in the first half only', (t) => {
  const history = new LinkHistory(2);
  sampled(history, 10_000, (timeNs) => Float64Array.of(Math.min(timeNs, 5000), 0.25 * timeNs));
  const slots = Array.from(history.timeline(10_000, Float64Array.of(5000, 2500)));
  t.same(slots.slice(0, 4), [1, 1, 1, 1]);
  t.same(slots.slice(6, 10), [0, 0, 0, 0]);
  t.ok(slots[4] > 0.97 && slots[5] < 0.03, 'the edge is where it was, to a part of a cell');
  for (const share of slots.slice(10)) t.ok(Math.abs(share - 0.25) < 1e-6);
  t.end();
});

t.test('cells grow with the run, so that readings stay few', (t) => {
  const { taken } = sampled(new LinkHistory(3), 1e6, () => new Float64Array(3));
  t.ok(taken < 256 + 12 * 256, `${taken} readings of a million instants`);
  t.ok(taken > 256, 'and not none');
  const { taken: many } = sampled(new LinkHistory(100_000), 1e6, () => new Float64Array(0));
  t.ok(many < 60, `${many} where each looks at 100,000 links`);
  t.same(
    Array.from(new LinkHistory(1).timeline(0, Float64Array.of(0))),
    new Array(TIMELINE_SLOTS).fill(0),
  );
  t.end();
});

t.test(
  'where readings are dear they come as often as they may, and few are asked for in vain',
  (t) => {
    const { taken, asked } = sampled(new LinkHistory(4096), 1e6, () => new Float64Array(4096));
    // 32 are free, and each sixteen events pay for a look at a link.
    t.ok(taken >= 40 && taken <= 32 + 16, `${taken} readings`);
    t.ok(asked < 10 * taken, `${asked} asked for`);
    t.end();
  },
);
