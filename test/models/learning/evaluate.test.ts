/** What accuracy and loss are where samples tie, and how they are averaged. */
import t from 'tap';
import { evaluate } from '../../../models/learning/evaluate.ts';
import type { MlpSpec } from '../../../models/spec/model.ts';
import { syntheticData } from '../../../models/learning/data/synthetic.ts';

const model: MlpSpec = { kind: 'mlp', layers: [2, 3], activation: 'relu' };

t.test('of equal logits the first counts as the greatest', async (t) => {
  // 60 samples of class 0, 100 of class 1, 140 of class 2.
  const labels = Uint8Array.from({ length: 300 }, (_, s) => (s < 60 ? 0 : s < 160 ? 1 : 2));
  const dataset = { ...syntheticData(5, 300, 1, 2, 3).train, labels };
  const { accuracy, loss } = evaluate(model, new Float64Array(9), dataset);
  t.equal(accuracy, 60 / 300);
  t.ok(Math.abs(loss - Math.log(3)) < 1e-9, 'the mean over all, not over those at once');
});
