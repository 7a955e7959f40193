/**
 * The numerics of sequential SGD: the gradient of the whole batch in one pass; or of its shares one after the other, to be
 * the oracle of workers whose gradients are added. It knows no micro-batches, node, message or time.
 */
import { gatherFeatures, gatherLabels } from '../../learning/batch.ts';
import { allocate } from '../../learning/float-array.ts';
import { softmaxCrossEntropy } from '../../learning/loss.ts';
import { initialState } from '../../learning/initial-weights.ts';
import { neuronCount } from '../../learning/pieces.ts';
import { SampleOrder } from '../../learning/sample-order.ts';
import { Segment } from '../../learning/segment.ts';
import { copyState, type SegmentState } from '../../learning/segment-state.ts';
import { shareOf } from '../../learning/shares.ts';
import type { Assignment } from '../../spec/assignment.ts';
import type { DataSplit } from '../../spec/data.ts';
import type { MlpSpec } from '../../spec/model.ts';
import type { TrainingSpec } from '../../spec/training.ts';
import type { SequentialOptions } from './options.ts';

/** What it trains on. */
interface Work {
  readonly seed: number;
  readonly model: MlpSpec;
  readonly training: TrainingSpec;
  readonly data: DataSplit;
  readonly sums: Sums;
}

/** How the gradient of a batch is summed, and of which weights it is. */
export type Sums = Pick<SequentialOptions, 'shares' | 'order' | 'delay'>;

/** A learner that starts from that state, or from the seed's weights; null where there are no numerics. */
export function sequentialLearner(
  { seed, model, training, data }: Assignment,
  sums: Sums,
  state: SegmentState | null,
): SequentialLearner | null {
  if (training.numerics === 'cost' || model.kind !== 'mlp' || data === null) return null;
  return new SequentialLearner({ seed, model, training, data, sums }, state);
}

export class SequentialLearner {
  /** Summed loss of the last batch. */
  lossSum = 0;
  readonly segment: Segment;
  private readonly order: SampleOrder;
  private readonly work: Work;

  constructor(work: Work, state: SegmentState | null) {
    const { seed, model, training, data, sums } = work;
    const [low, high] = [0, neuronCount(model)];
    const first = state ?? initialState({ ...training, model, seed, low, high });
    const earlier = first.earlier ?? first.parameters.slice();
    this.work = work;
    this.order = new SampleOrder(seed, data.train.labels.length);
    this.segment = new Segment({
      ...{ ...training, model, seed, low, high },
      state: sums.delay > 0 ? { ...first, earlier } : first,
    });
  }

  /** A copy of the state after the last update. */
  get state(): SegmentState {
    return copyState(this.segment.state);
  }

  /** Computes the gradient and the loss of the batch of that iteration. */
  addGradient(iteration: number): void {
    this.lossSum = 0;
    const { sums, training } = this.work;
    const { batch } = training;
    const { shares, order } = sums;
    if (shares === 1) return this.addSamples(iteration * batch, batch);
    const { gradients } = this.segment;
    const each = Array.from({ length: shares }, (_, share) => {
      const { low, high } = shareOf(batch, shares, share);
      this.addSamples(iteration * batch + low, high - low);
      const gradient = gradients.slice();
      gradients.fill(0);
      return gradient;
    });
    for (let k = 0; k < gradients.length; k++) {
      const first = order === 'round' ? k % shares : 0;
      for (let turn = 0; turn < shares; turn++) gradients[k] += each[(first + turn) % shares][k];
    }
  }

  /** Adds the gradient and the losses of that many samples, from position `first` of the run on. */
  private addSamples(first: number, samples: number): void {
    const { segment, work } = this;
    const { data, model, training } = work;
    const { precision } = training;
    const indices = this.order.indices(first, samples);
    const inputs = gatherFeatures(data.train, indices, precision);
    const labels = gatherLabels(data.train, indices);
    const carry = { samples, outputs: allocate(precision, 0), inputs };
    const weights = segment.earlier ?? segment.parameters;
    const { outputs } = segment.forward(0, carry, false, weights);
    const classes = model.layers[model.layers.length - 1];
    const { lossSum, gradient } = softmaxCrossEntropy(outputs, classes, samples, labels);
    this.lossSum += lossSum;
    segment.backward(0, { samples, outputs: gradient, inputs: null }, weights);
  }
}
