import t from 'tap';
import { Stopwatch } from '../../../sim/worlds/stopwatch.ts';

t.test('the time something was held does not count', async (t) => {
  let nowMs = 5000;
  const stopwatch = new Stopwatch(() => nowMs);
  t.equal(stopwatch.seconds, 0);
  nowMs += 1500;
  t.equal(stopwatch.seconds, 1.5);
  stopwatch.goOn();
  t.equal(stopwatch.seconds, 1.5, 'what is not held goes on as it did');
  stopwatch.hold();
  nowMs += 60_000;
  stopwatch.hold();
  nowMs += 60_000;
  t.equal(stopwatch.seconds, 1.5);
  stopwatch.goOn();
  t.equal(stopwatch.seconds, 1.5);
  nowMs += 250;
  t.equal(stopwatch.seconds, 1.75);
});
