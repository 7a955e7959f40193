/** Which blow the loss of state, and the work that is done again, are owed to. */
import t from 'tap';
import { MS, Play, without } from './fault-play.ts';

t.test(
  'what is lost is owed to the crash that took it, not to what was noticed before',
  async (t) => {
    const play = new Play();
    play.end(play.strike(5, 'pause', [0], 9));
    play.suspect(6, 1, 0);
    play.recover(7, without(0));
    play.iteration(8, 0);
    const all = play.strike(10, 'crash', without(), 11);
    play.end(all);
    play.note(12, 0, 'lost', { parameters: [[0, 30]], why: 'all crashed' });
    play.recover(13, without(), without(), { from: 'checkpoint' });
    play.iteration(15, 3);
    t.match(play.records, [
      { lostParameters: 0, redoneSamples: 0 },
      { lostParameters: 30, redoneSamples: null, detectedNs: null, recoveredNs: 15 * MS },
    ]);
    t.equal(play.log.record().redoneSamples, null, 'nobody is left who knows what had been begun');
  },
);

t.test('where somebody says what is done again after a restart, that is what counts', async (t) => {
  const play = new Play();
  for (const ms of [10, 20]) {
    play.end(play.strike(ms, 'crash', [0], ms + 1));
    play.note(ms + 2, 0, 'redone', ms);
    play.recover(ms + 3, [0], [0], { from: 'checkpoint' });
  }
  t.match(play.records, [{ redoneSamples: 10 }, { redoneSamples: 20 }]);
  t.equal(play.log.record().redoneSamples, 30);
});
