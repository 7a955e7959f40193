/** The fault log's counts, as the screen shows them while a run goes on. */
import t from 'tap';
import { Play, without } from './fault-play.ts';

t.test('counts say what struck, and what it has cost so far', async (t) => {
  const play = new Play();
  const none = { crashes: 0, others: 0, repairs: 0, redoneSamples: 0, lostParameters: 0 };
  t.strictSame(play.log.counts, none);
  play.iteration(10, 0);
  play.strike(20, 'crash', [3]);
  play.strike(21, 'slow', [1]);
  t.strictSame(play.log.counts, { ...none, crashes: 1, others: 1 });
  play.suspect(23, 4, 3);
  play.note(23, 4, 'repair', { epoch: 1, gone: [3] });
  play.note(24, 0, 'redone', 6);
  play.note(24, 4, 'redone', 4);
  play.note(25, 4, 'lost', { parameters: [[10, 30]], why: 'no replica' });
  play.note(25, 5, 'lost', { parameters: [[20, 35]], why: 'no replica' });
  play.recover(26, without(3));
  play.iteration(30, 1);
  const cost = { repairs: 1, redoneSamples: 10, lostParameters: 25 };
  t.strictSame(play.log.counts, { crashes: 1, others: 1, ...cost });
});
