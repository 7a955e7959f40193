/**
 * The numerics of the server: the weights, their optimizer, and the sum of the pushes of an iteration. Knows no
 * node, message or time.
 */
import { allocate, type FloatArray } from '../../learning/float-array.ts';
import { initialWeights } from '../../learning/initial-weights.ts';
import { Optimizer } from '../../learning/optimizer.ts';
import { neuronCount, piecesOf } from '../../learning/pieces.ts';
import type { MlpSpec } from '../../model-spec.ts';
import type { TrainingSpec } from '../../training.ts';

export class ServerWeights {
  /** The whole canonical vector. Never sent: see `copy`. */
  readonly parameters: FloatArray;
  private readonly sum: FloatArray;
  private readonly optimizer: Optimizer;

  /** Begins with the initial weights of the seed; `sums` is whether `add` will be used. */
  constructor(model: MlpSpec, training: TrainingSpec, seed: number, sums: boolean) {
    const { pieces, parameters } = piecesOf(model, 0, neuronCount(model));
    this.parameters = initialWeights(pieces, parameters, training.precision, seed);
    this.sum = allocate(training.precision, sums ? parameters : 0);
    this.optimizer = new Optimizer(training, parameters);
  }

  /** Adds a gradient to the sum. The order of these calls decides the sum's last bits. */
  add(gradient: FloatArray): void {
    const { sum } = this;
    const count = sum.length;
    for (let k = 0; k < count; k++) sum[k] += gradient[k];
  }

  /** One optimizer step by the sum, which begins again from zero. */
  stepBySum(): void {
    this.optimizer.step(this.parameters, this.sum);
    this.sum.fill(0);
  }

  /** One optimizer step by a single push, scaled by eta/B like any other: a batch of pushes makes a whole step. */
  stepBy(gradient: FloatArray): void {
    this.optimizer.step(this.parameters, gradient);
  }

  /** The weights as an array of the receiver's own. */
  copy(): FloatArray {
    return this.parameters.slice();
  }
}
