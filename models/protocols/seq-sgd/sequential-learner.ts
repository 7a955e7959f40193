/**
 * The numerics of sequential SGD: the gradient of the whole batch in one pass; or of its shares one after the other, to be
 * the oracle of workers whose gradients are added. It knows no micro-batches, node, message or time.
 */
import { gatherFeatures, gatherLabels } from '../../learning/batch.ts';
import { allocate } from '../../learning/float-array.ts';
import { softmaxCrossEntropy } from '../../learning/loss.ts';
import { neuronCount } from '../../learning/pieces.ts';
import { SampleOrder } from '../../learning/sample-order.ts';
import { Segment } from '../../learning/segment.ts';
import { copyState, type SegmentState } from '../../learning/segment-state.ts';
import { shareOf } from '../../learning/shares.ts';
import type { Assignment } from '../../spec/assignment.ts';
import type { DataSplit } from '../../spec/data.ts';
import type { MlpSpec } from '../../spec/model.ts';
import type { TrainingSpec } from '../../spec/training.ts';

/** What it trains on. */
interface Work {
  readonly seed: number;
  readonly model: MlpSpec;
  readonly training: TrainingSpec;
  readonly data: DataSplit;
  readonly shares: number;
}

/** A learner that starts from that state, or from the seed's weights; null where there are no numerics. */
export function sequentialLearner(
  { seed, model, training, data }: Assignment,
  shares: number,
  state: SegmentState | null,
): SequentialLearner | null {
  if (training.numerics === 'cost' || model.kind !== 'mlp' || data === null) return null;
  return new SequentialLearner({ seed, model, training, data, shares }, state);
}

export class SequentialLearner {
  /** Summed loss of the last batch. */
  lossSum = 0;
  readonly segment: Segment;
  private readonly order: SampleOrder;
  private readonly work: Work;

  constructor(work: Work, state: SegmentState | null) {
    const { seed, model, training, data } = work;
    this.work = work;
    this.order = new SampleOrder(seed, data.train.labels.length);
    this.segment = new Segment({
      ...{ ...training, model, seed, low: 0, high: neuronCount(model) },
      state: state ?? undefined,
    });
  }

  /** A copy of the state after the last update. */
  get state(): SegmentState {
    return copyState(this.segment.state);
  }

  /** Computes the gradient and the loss of the batch of that iteration. */
  addGradient(iteration: number): void {
    this.lossSum = 0;
    const { shares, training } = this.work;
    const { batch, precision } = training;
    if (shares === 1) return this.addSamples(iteration * batch, batch);
    const { gradients } = this.segment;
    const sum = allocate(precision, gradients.length);
    for (let share = 0; share < shares; share++) {
      const { low, high } = shareOf(batch, shares, share);
      this.addSamples(iteration * batch + low, high - low);
      for (let k = 0; k < sum.length; k++) sum[k] += gradients[k];
      gradients.fill(0);
    }
    gradients.set(sum);
  }

  /** Adds the gradient and the losses of that many samples, from position `first` of the run on. */
  private addSamples(first: number, samples: number): void {
    const { segment, work } = this;
    const { data, model, training } = work;
    const { precision } = training;
    const indices = this.order.indices(first, samples);
    const inputs = gatherFeatures(data.train, indices, precision);
    const labels = gatherLabels(data.train, indices);
    const { outputs } = segment.forward(0, { samples, outputs: allocate(precision, 0), inputs });
    const classes = model.layers[model.layers.length - 1];
    const { lossSum, gradient } = softmaxCrossEntropy(outputs, classes, samples, labels);
    this.lossSum += lossSum;
    segment.backward(0, { samples, outputs: gradient, inputs: null });
  }
}
