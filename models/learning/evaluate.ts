/** Evaluates a model on a dataset: forward only, with the same kernel and loss as training. */
import { simdKernel } from './kernels/simd.ts';
import type { Dataset } from '../spec/data.ts';
import type { MlpSpec } from '../spec/model.ts';
import { gatherFeatures, gatherLabels } from './batch.ts';
import { allocate, precisionOf, type FloatArray } from './float-array.ts';
import { forwardPass } from './forward-pass.ts';
import { softmaxCrossEntropy } from './loss.ts';
import { neuronCount, piecesOf } from './pieces.ts';

const SAMPLES_AT_ONCE = 128;

function countRight(logits: FloatArray, labels: Uint8Array): number {
  const samples = labels.length;
  let right = 0;
  for (let s = 0; s < samples; s++) {
    let best = s;
    for (let k = s; k < logits.length; k += samples) if (logits[k] > logits[best]) best = k;
    if ((best - s) / samples === labels[s]) right++;
  }
  return right;
}

/**
 * Mean loss and accuracy over the whole dataset. A sample is right if its greatest logit (the first of equals) is its
 * label's. `parameters` is the canonical vector. An empty dataset gives NaN.
 */
export function evaluate(
  model: MlpSpec,
  parameters: FloatArray,
  dataset: Dataset,
): { loss: number; accuracy: number } {
  const precision = precisionOf(parameters);
  const { pieces } = piecesOf(model, 0, neuronCount(model));
  const classes = model.layers[model.layers.length - 1];
  const count = dataset.labels.length;
  let lossSum = 0;
  let right = 0;
  for (let start = 0; start < count; start += SAMPLES_AT_ONCE) {
    const samples = Math.min(SAMPLES_AT_ONCE, count - start);
    const indices = Uint32Array.from({ length: samples }, (_, s) => start + s);
    const inputs = gatherFeatures(dataset, indices, precision);
    const labels = gatherLabels(dataset, indices);
    const carry = { samples, outputs: allocate(precision, 0), inputs };
    const logits = forwardPass(simdKernel, pieces, parameters, carry, false).carry.outputs;
    lossSum += softmaxCrossEntropy(logits, classes, samples, labels).lossSum;
    right += countRight(logits, labels);
  }
  return { loss: lossSum / count, accuracy: right / count };
}
