/** Turns rows of a dataset into the input of the first layer: elements of the run's precision, neuron-major. */
import type { Dataset } from '../spec/data.ts';
import { allocate, type FloatArray, type Precision } from './float-array.ts';

/** The samples' features, scaled: [featureCount][indices.length]. */
export function gatherFeatures(
  dataset: Dataset,
  indices: Uint32Array,
  precision: Precision,
): FloatArray {
  const { features, featureCount, featureScale } = dataset;
  const samples = indices.length;
  const gathered = allocate(precision, featureCount * samples);
  for (let s = 0; s < samples; s++) {
    const row = indices[s] * featureCount;
    for (let i = 0; i < featureCount; i++)
      gathered[i * samples + s] = features[row + i] * featureScale;
  }
  return gathered;
}

/** The samples' labels. */
export function gatherLabels(dataset: Dataset, indices: Uint32Array): Uint8Array {
  return Uint8Array.from(indices, (index) => dataset.labels[index]);
}
