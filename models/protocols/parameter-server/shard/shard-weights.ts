/** The numerics of one shard: its weights and their optimizer. Knows no node, message or time. */
import type { FloatArray } from '../../../learning/float-array.ts';
import { initialWeights } from '../../../learning/initial-weights.ts';
import { Optimizer } from '../../../learning/optimizer.ts';
import { neuronCount, piecesOf } from '../../../learning/pieces.ts';
import { copyState, type SegmentState } from '../../../learning/segment-state.ts';
import type { MlpSpec } from '../../../spec/model.ts';
import type { TrainingSpec } from '../../../spec/training.ts';

export class ShardWeights {
  /** Of the shard's range. Never sent: see `copy`. */
  readonly parameters: FloatArray;
  private readonly offset: number;
  private readonly optimizer: Optimizer;

  /** Takes the arrays of the state over. */
  constructor(training: TrainingSpec, state: SegmentState) {
    this.parameters = state.parameters;
    this.offset = state.offset;
    this.optimizer = new Optimizer(training, state.parameters.length, state);
  }

  /** One optimizer step by a gradient, scaled by eta/B like any other: a batch of pushes makes a whole step. */
  stepBy(gradient: FloatArray): void {
    this.optimizer.step(this.parameters, gradient);
  }

  /** The weights as an array of the receiver's own. */
  copy(): FloatArray {
    return this.parameters.slice();
  }

  /** A copy of the weights with what the optimizer keeps of them. */
  state(): SegmentState {
    const { first, second, beta1Power, beta2Power } = this.optimizer;
    const { parameters, offset } = this;
    return copyState({ offset, parameters, first, second, beta1Power, beta2Power });
  }
}

/** A shard with the initial weights of the seed: its part of all. */
export function initialShard(
  model: MlpSpec,
  training: TrainingSpec,
  seed: number,
  part: (whole: FloatArray) => FloatArray,
): SegmentState {
  const { pieces, parameters } = piecesOf(model, 0, neuronCount(model));
  const whole = initialWeights(pieces, parameters, training.precision, seed);
  const own = part(whole);
  const { first, second, beta1Power, beta2Power } = new Optimizer(training, own.length);
  return { offset: 0, parameters: own, first, second, beta1Power, beta2Power };
}
