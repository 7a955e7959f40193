/**
 * The three products of a dense layer, for a run of its neurons. Each is one sum a result, in the canonical order of
 * PROTOCOLS section 0, begun from the value the result already has (forward: from the bias), every product and every
 * sum rounded to the precision of the arrays: no fused multiply-add. Every implementation must give the same bits,
 * whatever its speed.
 */
import type { FloatArray } from '../float-array.ts';

export interface LayerShape {
  /** n_in of the layer. */
  readonly inputs: number;
  /** Neurons of the run. */
  readonly neurons: number;
  readonly samples: number;
}

/**
 * Shapes: parameters and gradients [neurons][n_in + 1] (weights, then the bias); inputs and inputGradients
 * [n_in][samples]; outputs and outputGradients [neurons][samples]. No two arguments overlap.
 */
export interface LayerKernel {
  readonly name: string;
  /** outputs[j][s] = bias[j], then + inputs[i][s] * weight[j][i] for i ascending. */
  forward(shape: LayerShape, parameters: FloatArray, inputs: FloatArray, outputs: FloatArray): void;
  /** inputGradients[i][s] += outputGradients[j][s] * weight[j][i] for j descending. */
  backwardInputs(
    shape: LayerShape,
    parameters: FloatArray,
    outputGradients: FloatArray,
    inputGradients: FloatArray,
  ): void;
  /** gradients[j][i] += outputGradients[j][s] * inputs[i][s] for s ascending; the bias as if its input were 1. */
  backwardParameters(
    shape: LayerShape,
    inputs: FloatArray,
    outputGradients: FloatArray,
    gradients: FloatArray,
  ): void;
}
