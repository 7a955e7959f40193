/** Precisions of a scenario as bytes of each kind of element. */
import t from 'tap';
import type { ResolvedTraining } from '../../sim/scenario/resolved.ts';
import { trainingOf } from '../../sim/training.ts';
import { bytesOf } from '../../models/spec/training.ts';

const given = (more: Partial<ResolvedTraining>): ResolvedTraining => ({
  ...{ batch: 1, microBatches: 1, iterations: 1, learningRate: 1, evaluateEvery: 0 },
  ...{ optimizer: { kind: 'sgd' }, numerics: 'cost', precision: 32 },
  ...more,
});
const of = (more: Partial<ResolvedTraining>) => bytesOf(trainingOf(given(more)));

t.test('16 bits are mixed precision: the optimizer steps a copy of 32', async (t) => {
  const mixed = { weights: 2, gradients: 2, optimizer: 4, master: 4, activations: 2, wire: 2 };
  t.same(of({ precision: 16 }), mixed);
  t.same(of({ precision: 16, bytes: { wire: 1, master: 0 } }), { ...mixed, wire: 1, master: 0 });
});

t.test('32 and 64 bits are the same for all elements but those that say otherwise', async (t) => {
  const all = { weights: 4, gradients: 4, optimizer: 4, master: 0, activations: 4, wire: 4 };
  t.same(of({}), all);
  t.same(of({ bytes: { gradients: 2 } }), { ...all, gradients: 2 });
  t.equal(of({ precision: 64 }).wire, 8);
});
