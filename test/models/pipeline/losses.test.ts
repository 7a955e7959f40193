import t from 'tap';
import type { IterationNote } from '../../../models/spec/notes.ts';
import { Losses } from '../../../models/pipeline/stage/losses.ts';
import { trainingOf } from '../protocols/ring-tmp/harness.ts';

const [batch, microBatches] = [6, 3];
const training = trainingOf({ numerics: 'exact', batch, microBatches });

t.test(
  'A.4: losses come in any order, once each, and are told of once the update is made',
  async (t) => {
    const told: IterationNote[] = [];
    const book = new Losses(training, 1, (_, note) => told.push(note));
    book.add(1, 2, 7);
    book.add(2, 0, 1);
    book.add(1, 0, 5);
    t.throws(() => book.add(1, 2, 5), /the loss of 1\/2 came a second time/);
    book.add(1, 1, 6);
    t.same(told, []);
    book.update();
    t.same(told, [{ iteration: 1, samples: 12, loss: 3 }]);
    t.throws(() => book.add(1, 1, 6), /the loss of 1\/1 came a second time/);
  },
);
