/** The counts that the screen shows while a run goes on. */
import t from 'tap';
import { Play, without } from './fault-play.ts';

t.test('the counts so far are of what happened, crashes apart from other faults', async (t) => {
  const play = new Play();
  t.strictSame(new Set(Object.values(play.log.counts)), new Set([0]));
  play.strike(10, 'crash', [3]);
  play.strike(11, 'pause', [5], 20);
  play.suspect(13, 4, 3);
  play.note(14, 4, 'redone', 6);
  play.note(14, 5, 'redone', 4);
  t.match(play.log.counts, { crashes: 1, others: 1, repairs: 0, redoneSamples: 10 });
  play.note(15, 4, 'lost', { parameters: [[10, 50]], why: 'both holders are gone' });
  play.recover(16, without(3));
  play.strike(20, 'crash', [1, 2]);
  play.recover(26, without(1, 2, 3));
  t.strictSame(play.log.counts, {
    ...{ crashes: 2, others: 1, repairs: 2, redoneSamples: 10, lostParameters: 40 },
  });
});
