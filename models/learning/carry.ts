/**
 * What crosses a cut of the model's line of neurons (PROTOCOLS A.1). All arrays are neuron-major: row j holds
 * neuron j's value for every sample, so that a cut is a run of rows and a carry is one copy.
 */
import type { FloatArray } from './float-array.ts';

export interface Carry {
  readonly samples: number;
  /** Forward: y of the layer's neurons so far; backward: dy of the same neurons. [neurons][samples]. */
  readonly outputs: FloatArray;
  /**
   * Where the cut is inside a layer: forward, the layer's whole input x; backward, the partial dX. [n_in][samples].
   * Null at the end of a layer, and backward in layer 0, whose dX is not needed. Before the first neuron of the
   * model, forward: the features, with empty outputs.
   */
  readonly inputs: FloatArray | null;
}
