/**
 * What local SGD claims to equal, written as loops in one place: each worker's steps one after the other, then the mean
 * of all weights, added in the order of the workers.
 */
import { gatherFeatures, gatherLabels } from '../../../../models/learning/batch.ts';
import { allocate, type FloatArray } from '../../../../models/learning/float-array.ts';
import { softmaxCrossEntropy } from '../../../../models/learning/loss.ts';
import { neuronCount } from '../../../../models/learning/pieces.ts';
import { SampleOrder } from '../../../../models/learning/sample-order.ts';
import { Segment } from '../../../../models/learning/segment.ts';
import { shareOf } from '../../../../models/learning/shares.ts';
import type { DataSplit } from '../../../../models/spec/data.ts';
import type { MlpSpec } from '../../../../models/spec/model.ts';
import type { TrainingSpec } from '../../../../models/spec/training.ts';

/** The protocol as a scenario names it. */
export const localSgd = (localSteps: number, outer = 'average') => ({
  ...{ kind: 'local-sgd', localSteps, outer },
});

export interface TwinWork {
  readonly model: MlpSpec;
  readonly training: TrainingSpec;
  readonly data: DataSplit;
  readonly seed: number;
  readonly workers: number;
  readonly localSteps: number;
  readonly outer?: string;
}

/** One optimizer step of one worker; the sum of the losses of its samples. */
function step(segment: Segment, work: TwinWork, iteration: number, worker: number): number {
  const { data, model, seed, training, workers } = work;
  const { low, high } = shareOf(training.batch, workers, worker);
  const order = new SampleOrder(seed, data.train.labels.length);
  const indices = order.indices(iteration * training.batch + low, high - low);
  const inputs = gatherFeatures(data.train, indices, training.precision);
  const labels = gatherLabels(data.train, indices);
  const samples = high - low;
  const none = allocate(training.precision, 0);
  const { outputs } = segment.forward(0, { samples, outputs: none, inputs });
  const { gradient, lossSum } = softmaxCrossEntropy(
    outputs,
    model.layers[model.layers.length - 1],
    samples,
    labels,
  );
  segment.backward(0, { samples, outputs: gradient, inputs: null });
  segment.update();
  return lossSum;
}

/** Element by element: added in order, from zero, then divided. */
function meanOf(vectors: readonly FloatArray[]): FloatArray {
  const mean = vectors[0].slice().fill(0);
  for (const vector of vectors) vector.forEach((value, k) => void (mean[k] += value));
  return mean.map((value: number) => value / vectors.length) as FloatArray;
}

/** The weights at the end and the loss of each iteration. */
export function twin(work: TwinWork): { weights: FloatArray; losses: number[] } {
  const { model, seed, training, workers, localSteps } = work;
  const high = neuronCount(model);
  const batch = training.batch / workers;
  const segments = Array.from(
    { length: workers },
    () => new Segment({ ...training, batch, model, seed, low: 0, high }),
  );
  const losses: number[] = [];
  const before = segments[0].parameters.slice();
  const velocity = before.slice().fill(0);
  for (let first = 0; first < training.iterations; first += localSteps) {
    const end = Math.min(first + localSteps, training.iterations);
    const sums = segments.map((segment, worker) => {
      const own = allocate(training.precision, end - first);
      for (let iteration = first; iteration < end; iteration++)
        own[iteration - first] = step(segment, work, iteration, worker);
      return own;
    });
    for (const mean of meanOf(sums)) losses.push((workers * mean) / training.batch);
    const weights = meanOf(segments.map(({ parameters }) => parameters));
    if (work.outer === 'nesterov')
      weights.forEach((mean, k) => {
        // As PyTorch's SGD with nesterov = true, by what DiLoCo calls the outer gradient.
        const way = before[k] - mean;
        velocity[k] = 0.9 * velocity[k] + way;
        before[k] -= 0.7 * (way + 0.9 * velocity[k]);
        weights[k] = before[k];
      });
    for (const { parameters } of segments) parameters.set(weights);
  }
  return { weights: segments[0].parameters, losses };
}
