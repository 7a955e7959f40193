/**
 * A copy of another node's parameters that follows them: given the same gradients it takes the same steps, bit for
 * bit.
 */
import type { FloatArray } from './float-array.ts';
import { Optimizer, type OptimizerSettings } from './optimizer.ts';
import type { SegmentState } from './segment-state.ts';

export class FollowedState {
  private readonly offset: number;
  private readonly parameters: FloatArray;
  private readonly optimizer: Optimizer;

  /** Takes ownership of the state's arrays. */
  constructor(settings: OptimizerSettings, state: SegmentState) {
    this.offset = state.offset;
    this.parameters = state.parameters;
    this.optimizer = new Optimizer(settings, state.parameters.length, state);
  }

  /** Borrowed, and changed by `step`. */
  get state(): SegmentState {
    return this.optimizer.stateOf(this.offset, this.parameters);
  }

  /** One step by the gradient summed over the batch, which stays as it is. */
  step(gradient: FloatArray): void {
    this.optimizer.step(this.parameters, gradient);
  }
}
