/** Which samples come when, and how they become the input of the first layer. */
import fc from 'fast-check';
import t from 'tap';
import type { Dataset } from '../../../models/spec/data.ts';
import { gatherFeatures, gatherLabels } from '../../../models/learning/batch.ts';
import { SampleOrder } from '../../../models/learning/sample-order.ts';

t.test('every epoch holds every sample once, and epochs differ', (t) => {
  fc.assert(
    fc.property(fc.nat(1e6), fc.integer({ min: 1, max: 60 }), fc.nat(5), (seed, count, epoch) => {
      const drawn = new SampleOrder(seed, count).indices(epoch * count, count);
      return [...drawn].sort((a, b) => a - b).every((index, k) => index === k);
    }),
  );
  const order = new SampleOrder(1, 1000);
  t.not(order.indices(0, 1000).join(), order.indices(1000, 1000).join());
  t.not(order.indices(0, 1000).join(), new SampleOrder(2, 1000).indices(0, 1000).join());
  t.end();
});

t.test('a position holds the same sample however it is read', (t) => {
  const reads = fc.array(fc.tuple(fc.nat(200), fc.nat(90)), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(fc.nat(1e6), fc.integer({ min: 1, max: 40 }), reads, (seed, count, ranges) => {
      const line = new SampleOrder(seed, count).indices(0, 300);
      const order = new SampleOrder(seed, count);
      return ranges.every(
        ([start, length]) =>
          order.indices(start, length).join() === line.subarray(start, start + length).join(),
      );
    }),
  );
  t.throws(() => new SampleOrder(1, 0), /0 samples: a whole number from 1 would be right/);
  t.end();
});

t.test('features are scaled and neuron-major, labels follow', (t) => {
  const dataset: Dataset = {
    name: 'three samples',
    features: Uint8Array.of(0, 51, 102, 153, 204, 255),
    labels: Uint8Array.of(7, 8, 9),
    featureCount: 2,
    classes: 10,
    featureScale: 1 / 255,
  };
  const indices = Uint32Array.of(2, 0);
  t.same([...gatherFeatures(dataset, indices, 64)], [204 / 255, 0, 1, 51 / 255]);
  t.same([...gatherFeatures(dataset, indices, 32)], [204 / 255, 0, 1, 51 / 255].map(Math.fround));
  t.same([...gatherLabels(dataset, indices)], [9, 7]);
  t.end();
});

t.test('every order of an epoch may come, that of the first two samples too', (t) => {
  const orders = new Map<string, number>();
  const order = new SampleOrder(3, 3);
  for (let epoch = 0; epoch < 600; epoch++) {
    const drawn = order.indices(3 * epoch, 3).join();
    orders.set(drawn, (orders.get(drawn) ?? 0) + 1);
  }
  t.equal(orders.size, 6);
  t.ok(
    [...orders.values()].every((count) => count > 60 && count < 140),
    'about as often',
  );
  t.end();
});
