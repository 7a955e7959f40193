import t from 'tap';
import fc from 'fast-check';
import type { IterationNote } from '../../../../models/notes.ts';
import { LossBook } from '../../../../models/protocols/ring-tmp/loss-book.ts';
import { trainingOf } from './harness.ts';

const [batch, microBatches] = [6, 3];
const training = trainingOf({ numerics: 'exact', batch, microBatches });

t.test(
  'C: each iteration is told of with its own losses, those of the next may come before',
  async (t) => {
    fc.assert(
      fc.property(
        fc.nat(4),
        fc.array(fc.nat(6), { minLength: 3, maxLength: 3 }),
        (first, early) => {
          const told: IterationNote[] = [];
          const book = new LossBook(training, first, (_, note) => told.push(note));
          let come = 0;
          const add = () => {
            const index = first * microBatches + come++;
            book.add(Math.floor(index / microBatches), index % microBatches, index);
          };
          // Before each update all losses of its iteration come, and so many of those behind.
          early.forEach((more, k) => {
            while (come < Math.min((k + 1) * microBatches + more, 3 * microBatches)) add();
            if (told.length !== k || book.losses !== first * microBatches + come)
              throw new Error('no');
            book.update();
            const iteration = first + k;
            const sum = [0, 1, 2].reduce((all, each) => all + iteration * microBatches + each, 0);
            const samples = (iteration + 1) * batch;
            t.same(told[k], { iteration, samples, loss: sum / batch });
          });
          return book.iterations === first + 3 && book.losses === (first + 3) * microBatches;
        },
      ),
    );
  },
);

t.test('A.4: losses come in order, and are told of once the update is made', async (t) => {
  const told: IterationNote[] = [];
  const book = new LossBook(training, 1, (_, note) => told.push(note));
  book.add(1, 0, 5);
  t.throws(() => book.add(1, 2, 5), /the loss of 1\/2 came, that of 1\/1 would be next/);
  book.update();
  t.same(told, []);
  book.add(1, 1, 6);
  book.add(1, 2, 7);
  t.same(told, [{ iteration: 1, samples: 12, loss: 3 }]);
});
