/** Axes have words with units, and no names of fields. */
import t from 'tap';
import { listed, wordsOf } from '../../../reports/studies/words.ts';
import { DEFAULT_MEASURES } from '../../../sim/studies/study-schema.ts';

t.test('a field in words, with its unit', async (t) => {
  for (const [path, title] of [
    ['time.modelledSeconds', 'modelled time of the run (s)'],
    ['training.learningRate', 'learning rate'],
    ['resilience.recoveredAfterSeconds.mean', 'recovered after mean (s)'],
    ['accounting.busy.mean', 'time: busy mean (share)'],
    ['protocol', 'protocol'],
  ])
    t.equal(wordsOf(path).title, title);
  for (const path of DEFAULT_MEASURES) t.notMatch(wordsOf(path).title, /[a-z][A-Z]|\w\.\w/);
});

t.test('lists in sentences', async (t) => {
  t.equal(listed([]), '');
  t.equal(listed(['a']), 'a');
  t.equal(listed(['a', 'b', 'c']), 'a, b and c');
});
