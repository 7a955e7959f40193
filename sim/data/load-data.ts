/** Loads the samples that a scenario's `data` names, checked against the model. */
import type { DataSplit } from '../../models/spec/data.ts';
import type { ModelSpec } from '../../models/spec/model.ts';
import { ScenarioError } from '../../models/protocol.ts';
import { syntheticData } from '../../models/learning/data/synthetic.ts';
import { loadMnist, MNIST_CLASSES, MNIST_FEATURES } from './mnist.ts';

/** Seed of the split into training and test digits: the run's seed must not change the test set. */
const SPLIT_SEED = 1;

function checkCount(path: string, value: number): void {
  if (!(Number.isInteger(value) && value >= 1))
    throw new ScenarioError(path, `${value} samples: a whole number from 1 would be right`);
}

/**
 * The samples for a model, on shared memory; null for `kind: 'none'`. Synthetic data follows the seed of the run,
 * mnist does not. Throws a ScenarioError if the model's widths do not fit the data, or there are too few samples.
 */
export function loadData(
  data: {
    readonly kind: 'mnist' | 'synthetic' | 'none';
    readonly train: number;
    readonly test: number;
  },
  model: ModelSpec,
  seed: number,
): DataSplit | null {
  if (data.kind === 'none') return null;
  if (model.kind !== 'mlp')
    throw new ScenarioError(
      'data.kind',
      `'${data.kind}' with a cost table, which holds no weights to learn with: 'none' would be right`,
    );
  checkCount('data.train', data.train);
  checkCount('data.test', data.test);
  const features = model.layers[0];
  const classes = model.layers[model.layers.length - 1];
  if (data.kind === 'synthetic') {
    if (classes > 256)
      throw new ScenarioError(
        'model.layers',
        `${classes} outputs, but synthetic data has a byte a label: at most 256 would be right`,
      );
    return syntheticData(seed, data.train, data.test, features, classes);
  }
  if (features !== MNIST_FEATURES || classes !== MNIST_CLASSES)
    throw new ScenarioError(
      'model.layers',
      `${features} inputs and ${classes} outputs, but mnist digits are ${MNIST_FEATURES} pixels in 10 classes: ` +
        `[${MNIST_FEATURES}, ..., 10] would be right`,
    );
  return loadMnist(SPLIT_SEED, data.train, data.test);
}
