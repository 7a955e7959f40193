/**
 * The numerics of one worker: its own copy of the weights and its own optimizer, which steps by the gradient of the
 * worker's share of a batch. Knows no node, message or time.
 */
import { allocate, type FloatArray } from '../../learning/float-array.ts';
import { GradientLearner } from '../../learning/gradient-learner.ts';
import { initialState } from '../../learning/initial-weights.ts';
import { Optimizer } from '../../learning/optimizer.ts';
import { neuronCount } from '../../learning/pieces.ts';
import { shareOf, type Share } from '../../learning/shares.ts';
import type { DataSplit } from '../../spec/data.ts';
import type { MlpSpec } from '../../spec/model.ts';
import type { TrainingSpec } from '../../spec/training.ts';

/** The work of all workers alike. */
export interface LocalWork {
  readonly model: MlpSpec;
  readonly training: TrainingSpec;
  readonly data: DataSplit;
  readonly seed: number;
  readonly workers: number;
  readonly localSteps: number;
  readonly outer: 'average' | 'nesterov';
}

/** The outer step of DiLoCo (Douillard et al. 2023). */
const OUTER_RATE = 0.7;
const OUTER_MOMENTUM = 0.9;

export class LocalLearner {
  /** The weights, followed by the summed losses of the steps since the last average: both are averaged at once. */
  readonly vector: FloatArray;
  readonly weights: FloatArray;
  private readonly share: Share;
  private readonly gradients: GradientLearner;
  private readonly optimizer: Optimizer;
  /** Only with an outer step: the weights that the round began with, and its velocity. */
  private readonly before: FloatArray | null = null;
  private readonly velocity: FloatArray | null = null;

  constructor(work: LocalWork, worker: number) {
    const { model, training, data, seed, workers, localSteps, outer } = work;
    this.share = shareOf(training.batch, workers, worker);
    this.gradients = new GradientLearner(model, training, data.train, seed);
    const whole = { ...training, model, seed, low: 0, high: neuronCount(model) };
    const { parameters } = initialState(whole);
    this.vector = allocate(training.precision, parameters.length + localSteps);
    this.vector.set(parameters);
    this.weights = this.vector.subarray(0, parameters.length);
    // The mean of steps by workers * eta / B is a step by eta / B: one local step is a step of data parallel.
    const settings = { ...training, batch: training.batch / workers };
    this.optimizer = new Optimizer(settings, parameters.length);
    if (outer === 'average') return;
    this.before = parameters.slice();
    this.velocity = allocate(training.precision, parameters.length);
  }

  /** One optimizer step by the worker's share of that iteration, the `index`-th since the last average. */
  step(iteration: number, index: number): void {
    this.gradients.load(this.weights);
    this.gradients.computeGradient(iteration, this.share);
    this.optimizer.step(this.weights, this.gradients.takeGradient());
    this.vector[this.weights.length + index] = this.gradients.lossSum;
  }

  /** The weights are the mean of all workers: steps towards it from those that the round began with. */
  outerStep(): void {
    const { weights } = this;
    const [before, velocity] = [this.before!, this.velocity!];
    for (let k = 0; k < weights.length; k++) {
      const way = before[k] - weights[k];
      velocity[k] = OUTER_MOMENTUM * velocity[k] + way;
      before[k] -= OUTER_RATE * (way + OUTER_MOMENTUM * velocity[k]);
      weights[k] = before[k];
    }
  }
}
