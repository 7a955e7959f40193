/** What accuracy and loss are where samples tie, and how they are averaged. */
import t from 'tap';
import { evaluate } from '../../../models/learning/evaluate.ts';
import type { MlpSpec } from '../../../models/model-spec.ts';
import { syntheticData } from '../../../models/data/synthetic.ts';

const model: MlpSpec = { kind: 'mlp', layers: [2, 3], activation: 'relu' };
const dataset = syntheticData(5, 300, 1, 2, 3).train;

t.test('of equal logits the first counts as the greatest', async (t) => {
  const equal = new Float64Array(9);
  const { accuracy, loss } = evaluate(model, equal, dataset);
  const shares = [0, 1, 2].map((label) => dataset.labels.filter((each) => each === label).length);
  t.ok(shares.every((count) => count > 0) && shares[0] !== shares[2]);
  t.equal(accuracy, shares[0] / 300);
  t.ok(Math.abs(loss - Math.log(3)) < 1e-12, 'the mean over all, not over those at once');
});
