/**
 * The numerics of one node: the whole model, the gradient of its share of a batch, bucket by bucket, and the optimizer.
 * Knows no node, message or time.
 */
import { gatherFeatures, gatherLabels } from '../../learning/batch.ts';
import type { Carry } from '../../learning/carry.ts';
import { allocate, type FloatArray } from '../../learning/float-array.ts';
import { initialState } from '../../learning/initial-weights.ts';
import { softmaxCrossEntropy } from '../../learning/loss.ts';
import { Optimizer } from '../../learning/optimizer.ts';
import { neuronCount } from '../../learning/pieces.ts';
import { SampleOrder } from '../../learning/sample-order.ts';
import { Segment } from '../../learning/segment.ts';
import { copyState, type SegmentState } from '../../learning/segment-state.ts';
import type { Share } from '../../learning/shares.ts';
import { neuronBound } from '../../pipeline/stage/numerics.ts';
import type { DataSplit } from '../../spec/data.ts';
import type { MlpSpec } from '../../spec/model.ts';
import type { TrainingSpec } from '../../spec/training.ts';
import type { ModelLine } from '../../costs/line.ts';
import type { Bucket } from '../../costs/buckets.ts';

interface LearnerWork {
  readonly seed: number;
  readonly training: TrainingSpec;
  readonly line: ModelLine;
  readonly buckets: readonly Bucket[];
}

export class Learner {
  /** The gradients, and behind them the loss: what is summed over all nodes. */
  readonly vector: FloatArray;
  private readonly work: LearnerWork;
  private readonly model: MlpSpec;
  private readonly data: DataSplit;
  private readonly weights: FloatArray;
  private readonly optimizer: Optimizer;
  private readonly order: SampleOrder;
  /** By bucket. */
  private segments: Segment[] = [];
  /** What the backward pass goes on from. */
  private carry: Carry | null = null;

  /** Begins with that state, whose arrays it takes over; null: with that of the seed. */
  constructor(work: LearnerWork, model: MlpSpec, data: DataSplit, state: SegmentState | null) {
    const { seed, training } = work;
    const whole = { ...training, model, seed, low: 0, high: neuronCount(model) };
    const from = state ?? initialState(whole);
    this.work = work;
    this.model = model;
    this.data = data;
    this.weights = from.parameters;
    this.optimizer = new Optimizer(training, from.parameters.length, from);
    this.order = new SampleOrder(seed, data.train.labels.length);
    this.vector = allocate(training.precision, from.parameters.length + 1);
    this.reset();
  }

  get parameters(): FloatArray {
    return this.weights;
  }

  /** A copy of the state after the last step. */
  get state(): SegmentState {
    return copyState(this.optimizer.stateOf(0, this.weights));
  }

  /** The loss in the vector: summed over this node's samples, or over all once the vector is summed. */
  get lossSum(): number {
    return this.vector[this.weights.length];
  }

  /** Drops what has been computed since the last step. */
  reset(): void {
    const { work, model, weights, vector } = this;
    const { seed, training, line, buckets } = work;
    vector.fill(0);
    this.carry = null;
    const none = allocate(training.precision, 0);
    this.segments = buckets.map(({ blocks, elements }) => {
      const end = Math.min(elements.high, weights.length);
      const parameters = weights.subarray(elements.low, end);
      const state = { offset: elements.low, parameters, first: none, second: none };
      return new Segment({
        ...{ ...training, model, seed, optimizer: { kind: 'sgd' } },
        low: neuronBound(line, model, blocks.low),
        high: neuronBound(line, model, blocks.high),
        state: { ...state, beta1Power: 1, beta2Power: 1 },
        gradients: vector.subarray(elements.low, end),
      });
    });
  }

  /** The forward pass over these samples of the batch. */
  forward(iteration: number, share: Share): void {
    const { work, model, data, order, segments } = this;
    const { batch, precision } = work.training;
    const samples = share.high - share.low;
    const indices = order.indices(iteration * batch + share.low, samples);
    const inputs = gatherFeatures(data.train, indices, precision);
    const labels = gatherLabels(data.train, indices);
    let carry: Carry = { samples, outputs: allocate(precision, 0), inputs };
    for (let bucket = segments.length - 1; bucket >= 0; bucket--)
      carry = segments[bucket].forward(0, carry);
    const classes = model.layers[model.layers.length - 1];
    const { lossSum, gradient } = softmaxCrossEntropy(carry.outputs, classes, samples, labels);
    this.vector[this.weights.length] = lossSum;
    this.carry = { samples, outputs: gradient, inputs: null };
  }

  /** The backward pass of that bucket; buckets come in order. */
  backward(bucket: number): void {
    this.carry = this.segments[bucket].backward(0, this.carry!);
  }

  /** One step by what the vector holds. Clears the gradients, not the loss. */
  step(): void {
    const { weights, vector, optimizer } = this;
    const gradients = vector.subarray(0, weights.length);
    optimizer.step(weights, gradients);
    gradients.fill(0);
  }
}
