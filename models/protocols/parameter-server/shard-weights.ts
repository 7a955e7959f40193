/**
 * The numerics of one shard: its weights, their optimizer, and the sum of the pushes of an iteration. Knows no node,
 * message or time.
 */
import { allocate, type FloatArray } from '../../learning/float-array.ts';
import { initialWeights } from '../../learning/initial-weights.ts';
import { Optimizer } from '../../learning/optimizer.ts';
import { neuronCount, piecesOf } from '../../learning/pieces.ts';
import { copyState, type SegmentState } from '../../learning/segment-state.ts';
import type { MlpSpec, ParameterRange } from '../../spec/model.ts';
import type { TrainingSpec } from '../../spec/training.ts';

export class ShardWeights {
  /** Of the shard's range. Never sent: see `copy`. */
  readonly parameters: FloatArray;
  /** Of the gradients added since the last `clearSum`. Borrowed. */
  readonly sum: FloatArray;
  private readonly offset: number;
  private readonly training: TrainingSpec;
  private optimizer: Optimizer;

  /** Begins with the initial weights of the seed; `sums` is whether `add` will be used. */
  constructor(
    model: MlpSpec,
    training: TrainingSpec,
    seed: number,
    { low, high }: ParameterRange,
    sums: boolean,
  ) {
    const { pieces, parameters } = piecesOf(model, 0, neuronCount(model));
    const whole = initialWeights(pieces, parameters, training.precision, seed);
    this.parameters = whole.slice(low, high);
    this.offset = low;
    this.sum = allocate(training.precision, sums ? high - low : 0);
    this.training = training;
    this.optimizer = new Optimizer(training, high - low);
  }

  /** Adds a gradient to the sum. The order of these calls decides the sum's last bits. */
  add(gradient: FloatArray): void {
    const { sum } = this;
    const count = sum.length;
    for (let k = 0; k < count; k++) sum[k] += gradient[k];
  }

  /** The sum begins again from zero. */
  clearSum(): void {
    this.sum.fill(0);
  }

  /** The sum as an array of the caller's own; it begins again from zero. */
  takeSum(): FloatArray {
    const sum = this.sum.slice();
    this.clearSum();
    return sum;
  }

  /** One optimizer step by a gradient, scaled by eta/B like any other: a batch of pushes makes a whole step. */
  stepBy(gradient: FloatArray): void {
    this.optimizer.step(this.parameters, gradient);
  }

  /** The weights as an array of the receiver's own. */
  copy(): FloatArray {
    return this.parameters.slice();
  }

  /** A copy of the weights with what the optimizer keeps of them; the sum is not part of it. */
  state(): SegmentState {
    const { first, second, beta1Power, beta2Power } = this.optimizer;
    const { parameters, offset } = this;
    return copyState({ offset, parameters, first, second, beta1Power, beta2Power });
  }

  /** Goes on from that state, whose arrays it takes over; the sum begins again from zero. */
  restore(state: SegmentState): void {
    this.parameters.set(state.parameters);
    this.optimizer = new Optimizer(this.training, this.parameters.length, state);
    this.sum.fill(0);
  }
}
