/**
 * What all-reduce claims to equal, written as loops in one place: the gradient of each member's share, and their sums in
 * the order of the rings, bucket by bucket.
 */
import { gatherFeatures, gatherLabels } from '../../../../models/learning/batch.ts';
import { allocate, type FloatArray } from '../../../../models/learning/float-array.ts';
import { softmaxCrossEntropy } from '../../../../models/learning/loss.ts';
import { neuronCount } from '../../../../models/learning/pieces.ts';
import { SampleOrder } from '../../../../models/learning/sample-order.ts';
import { Segment } from '../../../../models/learning/segment.ts';
import { shareOf } from '../../../../models/learning/shares.ts';
import { lineOf } from '../../../../models/costs/cost-line.ts';
import { bucketsOf } from '../../../../models/costs/buckets.ts';
import type { DataSplit } from '../../../../models/spec/data.ts';
import type { MlpSpec } from '../../../../models/spec/model.ts';
import { bytesOf, type TrainingSpec } from '../../../../models/spec/training.ts';
import { expectedSum } from '../../collectives/summing.ts';

export interface TwinWork {
  readonly model: MlpSpec;
  readonly training: TrainingSpec;
  readonly data: DataSplit;
  readonly seed: number;
  readonly groups: number;
  readonly bucketBytes: number | null;
  /** How many take part in that iteration. */
  members(iteration: number): number;
}

/** The gradient of one member's share of a batch, and behind it the sum of its losses. */
function gradientOf(segment: Segment, work: TwinWork, iteration: number, member: number) {
  const { data, model, seed, training } = work;
  const { low, high } = shareOf(training.batch, work.members(iteration), member);
  const order = new SampleOrder(seed, data.train.labels.length);
  const indices = order.indices(iteration * training.batch + low, high - low);
  const inputs = gatherFeatures(data.train, indices, training.precision);
  const labels = gatherLabels(data.train, indices);
  const samples = high - low;
  const none = allocate(training.precision, 0);
  const { outputs } = segment.forward(0, { samples, outputs: none, inputs });
  const classes = model.layers[model.layers.length - 1];
  const { gradient, lossSum } = softmaxCrossEntropy(outputs, classes, samples, labels);
  segment.backward(0, { samples, outputs: gradient, inputs: null });
  const vector = allocate(training.precision, segment.gradients.length + 1);
  vector.set(segment.gradients);
  vector[segment.gradients.length] = lossSum;
  segment.gradients.fill(0);
  return vector;
}

/** The weights at the end and the loss of each iteration. */
export function twin(work: TwinWork): { weights: FloatArray; losses: number[] } {
  const { model, seed, training, groups, bucketBytes } = work;
  const segment = new Segment({ ...training, model, seed, low: 0, high: neuronCount(model) });
  const least = bucketBytes === null ? Infinity : bucketBytes / bytesOf(training).gradients;
  const losses: number[] = [];
  for (let iteration = 0; iteration < training.iterations; iteration++) {
    const vectors = Array.from({ length: work.members(iteration) }, (_, member) =>
      gradientOf(segment, work, iteration, member),
    );
    for (const { elements } of bucketsOf(lineOf(model, 1), least)) {
      const parts = vectors.map((vector) => vector.slice(elements.low, elements.high));
      vectors[0].set(expectedSum(parts, groups), elements.low);
    }
    const [sum] = vectors;
    segment.gradients.set(sum.subarray(0, segment.gradients.length));
    losses.push(sum[segment.gradients.length] / training.batch);
    segment.update();
  }
  return { weights: segment.parameters, losses };
}
