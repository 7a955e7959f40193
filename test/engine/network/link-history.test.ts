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
          history.sample(timeNs, Float64Array.of(busyNs));
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

t.test('a link used in the first half only shows it in the first half only', (t) => {
  const history = new LinkHistory(2);
  for (let time = 1; time <= 10_000; time++)
    if (time === history.due)
      history.sample(time, Float64Array.of(Math.min(time, 5000), 0.25 * time));
  const slots = Array.from(history.timeline(10_000, Float64Array.of(5000, 2500)));
  t.same(slots.slice(0, 4), [1, 1, 1, 1]);
  t.same(slots.slice(6, 10), [0, 0, 0, 0]);
  t.ok(Math.abs(slots[4] + slots[5] - 1) < 0.05, 'the edge is where it was, to a sample');
  for (const share of slots.slice(10)) t.ok(Math.abs(share - 0.25) < 1e-6);
  t.end();
});

t.test('the intervals grow with the run, so that samples stay few', (t) => {
  const history = new LinkHistory(3);
  let samples = 0;
  for (let events = 0; events < 1e6; events++)
    if (events === history.due) {
      samples++;
      history.sample(events, new Float64Array(3));
    }
  t.ok(samples < 32 + 16 * 16, `${samples} samples in a million events`);
  t.ok(samples > 100, 'and not none');
  t.same(
    Array.from(new LinkHistory(1).timeline(0, Float64Array.of(0))),
    new Array(TIMELINE_SLOTS).fill(0),
  );
  t.end();
});
