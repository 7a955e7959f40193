/** Synthetic data: the same bytes from the same arguments, in classes of equal size. */
import t from 'tap';
import { syntheticData } from '../../../../models/learning/data/synthetic.ts';

t.test('equal seeds give equal bytes, other seeds others', (t) => {
  const [one, same, other] = [3, 3, 4].map((seed) => syntheticData(seed, 50, 20, 12, 4));
  t.same(one, same);
  t.notSame(one.train.features, other.train.features);
  t.notSame(one.train.features.slice(0, 240), one.test.features);
  t.end();
});

t.test('the training samples do not depend on how many there are, nor on the test set', (t) => {
  const few = syntheticData(3, 10, 5, 12, 4);
  const many = syntheticData(3, 50, 20, 12, 4);
  t.same(few.train.features, many.train.features.slice(0, 120));
  t.same(few.test.features, many.test.features.slice(0, 60));
  t.end();
});

t.test('classes are balanced, and no more than a byte can name', (t) => {
  const { labels } = syntheticData(1, 40, 4, 3, 4).train;
  for (let k = 0; k < 4; k++) t.equal(labels.filter((label) => label === k).length, 10);
  t.throws(() => syntheticData(1, 40, 4, 3, 257), /257 classes: 1 to 256 would be right/);
  t.end();
});
