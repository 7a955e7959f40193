/**
 * One optimizer step over a slice of parameters. It is elementwise, so any slice of the canonical vector gives the
 * same bits as the whole. Every operation is rounded to the precision, in the order written here.
 */
import type { OptimizerSpec } from '../spec/training.ts';
import { allocate, round, type FloatArray, type Precision } from './float-array.ts';
import type { SegmentState } from './segment-state.ts';

export interface OptimizerSettings {
  readonly optimizer: OptimizerSpec;
  readonly precision: Precision;
  readonly learningRate: number;
  /** Samples the gradient was summed over (B): the step uses the mean. */
  readonly batch: number;
}

export class Optimizer {
  /** Velocity (momentum), sum of squares (Adagrad) or first moment (Adam); empty for SGD. */
  readonly first: FloatArray;
  /** Second moment (Adam); empty otherwise. */
  readonly second: FloatArray;
  /** The parameters before the last step, if the given state has them: another array after each step. */
  earlier: FloatArray | undefined;
  private readonly settings: OptimizerSettings;
  /** beta1^t and beta2^t, by repeated products: Math.pow need not agree between machines. */
  beta1Power: number;
  beta2Power: number;

  /** With slots at 0 for `length` parameters, or from a given state, whose arrays it takes over. */
  constructor(settings: OptimizerSettings, length: number, state: SegmentState | null = null) {
    const { kind } = settings.optimizer;
    this.settings = settings;
    this.first = state?.first ?? allocate(settings.precision, kind === 'sgd' ? 0 : length);
    this.second = state?.second ?? allocate(settings.precision, kind === 'adam' ? length : 0);
    this.earlier = state?.earlier;
    this.beta1Power = state?.beta1Power ?? 1;
    this.beta2Power = state?.beta2Power ?? 1;
  }

  /** The state for the next step, of parameters from that offset on; all of it is borrowed. */
  stateOf(offset: number, parameters: FloatArray): SegmentState {
    const { first, second, beta1Power, beta2Power, earlier } = this;
    const state = { offset, parameters, first, second, beta1Power, beta2Power };
    return earlier === undefined ? state : { ...state, earlier };
  }

  /** Applies one step to `parameters`. `gradients`, the sum over the batch, stays as it is. */
  step(parameters: FloatArray, gradients: FloatArray): void {
    const { optimizer } = this.settings;
    if (this.earlier !== undefined) this.earlier = parameters.slice();
    if (optimizer.kind === 'sgd') this.sgd(parameters, gradients);
    else if (optimizer.kind === 'momentum')
      this.momentum(parameters, gradients, optimizer.momentum);
    else if (optimizer.kind === 'adagrad') this.adagrad(parameters, gradients, optimizer.epsilon);
    else this.adam(parameters, gradients, optimizer);
  }

  /** W = W - c G with c = eta / B. */
  private sgd(parameters: FloatArray, gradients: FloatArray): void {
    const single = this.settings.precision === 32;
    const count = parameters.length;
    const scale = round(single, this.settings.learningRate / this.settings.batch);
    for (let k = 0; k < count; k++) parameters[k] -= round(single, scale * gradients[k]);
  }

  /** g = G / B; V = mu V + g; W = W - eta V. */
  private momentum(parameters: FloatArray, gradients: FloatArray, momentum: number): void {
    const velocity = this.first;
    const single = this.settings.precision === 32;
    const count = parameters.length;
    const rate = round(single, this.settings.learningRate);
    const share = round(single, 1 / this.settings.batch);
    const keep = round(single, momentum);
    for (let k = 0; k < count; k++) {
      const moved = round(
        single,
        round(single, keep * velocity[k]) + round(single, share * gradients[k]),
      );
      velocity[k] = moved;
      parameters[k] -= round(single, rate * moved);
    }
  }

  /** Adagrad (Duchi, Hazan and Singer 2011): g = G / B; H = H + g g; W = W - eta g / (sqrt(H) + epsilon). */
  private adagrad(parameters: FloatArray, gradients: FloatArray, epsilon: number): void {
    const squares = this.first;
    const single = this.settings.precision === 32;
    const rate = round(single, this.settings.learningRate);
    const share = round(single, 1 / this.settings.batch);
    const small = round(single, epsilon);
    for (let k = 0; k < parameters.length; k++) {
      const g = round(single, share * gradients[k]);
      squares[k] = round(single, squares[k] + round(single, g * g));
      const spread = round(single, round(single, Math.sqrt(squares[k])) + small);
      parameters[k] -= round(single, round(single, rate * g) / spread);
    }
  }

  /** Adam (Kingma and Ba 2015): g = G / B; M and V decay; W = W - r M / (sqrt(V / (1 - beta2^t)) + epsilon). */
  private adam(
    parameters: FloatArray,
    gradients: FloatArray,
    { beta1, beta2, epsilon }: { beta1: number; beta2: number; epsilon: number },
  ): void {
    const { first, second } = this;
    const single = this.settings.precision === 32;
    const count = parameters.length;
    this.beta1Power *= beta1;
    this.beta2Power *= beta2;
    const share = round(single, 1 / this.settings.batch);
    const rate = round(single, this.settings.learningRate / (1 - this.beta1Power));
    const correction = round(single, 1 / (1 - this.beta2Power));
    const [keep1, keep2, small] = [
      round(single, beta1),
      round(single, beta2),
      round(single, epsilon),
    ];
    const [take1, take2] = [round(single, 1 - beta1), round(single, 1 - beta2)];
    for (let k = 0; k < count; k++) {
      const g = round(single, share * gradients[k]);
      const m = round(single, round(single, keep1 * first[k]) + round(single, take1 * g));
      const v = round(
        single,
        round(single, keep2 * second[k]) + round(single, take2 * round(single, g * g)),
      );
      first[k] = m;
      second[k] = v;
      const spread = round(single, round(single, Math.sqrt(round(single, v * correction))) + small);
      parameters[k] -= round(single, round(single, rate * m) / spread);
    }
  }
}
