import t from 'tap';
import type { IterationNote } from '../../../models/spec/notes.ts';
import { Losses } from '../../../models/pipeline/stage/losses.ts';
import { trainingOf } from '../protocols/ring-tmp/harness.ts';

const [batch, microBatches] = [6, 3];
const training = trainingOf({ numerics: 'exact', batch, microBatches });

t.test('A.4: losses come in order, and are told of once the update is made', async (t) => {
  const told: IterationNote[] = [];
  const book = new Losses(training, 1, (_, note) => told.push(note));
  book.add(1, 0, 5);
  t.throws(() => book.add(1, 2, 5), /the loss of 1\/2 came, that of 1\/1 would be next/);
  book.update();
  t.same(told, []);
  book.add(1, 1, 6);
  book.add(1, 2, 7);
  t.same(told, [{ iteration: 1, samples: 12, loss: 3 }]);
});
