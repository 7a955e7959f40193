/** The wait that is left, by events where iterations alone say too little. */
import t from 'tap';
import { secondsLeft } from '../../../sim/worlds/time-left.ts';

t.test('between two iterations the wait falls as events go by', async (t) => {
  const run = { iteration: 2, iterations: 10, eventsAtIteration: 200 };
  t.equal(secondsLeft({ ...run, seconds: 2, events: 200 }), 8);
  t.equal(secondsLeft({ ...run, seconds: 2.5, events: 250 }), 7.5);
});

t.test(
  'before the first iteration has ended nobody knows; past the last nothing is left',
  async (t) => {
    const run = { iterations: 10, seconds: 1 };
    t.equal(secondsLeft({ ...run, iteration: 0, events: 50, eventsAtIteration: 0 }), null);
    t.equal(secondsLeft({ ...run, iteration: 10, events: 1200, eventsAtIteration: 1000 }), 0);
  },
);
