/** After which steps weights are published, and with that evaluated. */
import t from 'tap';
import { publishes } from '../../../models/spec/notes.ts';

const published = (evaluateEvery: number, numerics: 'exact' | 'cost' = 'exact') =>
  [0, 1, 2, 3, 4, 5].filter((version) =>
    publishes({ numerics, iterations: 5, evaluateEvery }, version),
  );

t.test('weights are published after every so many steps, and after the last', async (t) => {
  t.same(published(2), [2, 4, 5]);
  t.same(published(1), [1, 2, 3, 4, 5], 'never before the first step');
  t.same(published(0), [5]);
  t.same(published(1, 'cost'), [], 'there are none');
});
