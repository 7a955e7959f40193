/**
 * Where a run of neurons lies in the layers, and where its parameters lie in the canonical vector (layer, then
 * neuron, then its weights and its bias). It knows shapes, no values.
 */
import type { MlpSpec } from '../spec/model.ts';

/** The part of a run of neurons that lies in one layer: its neurons [low, high). */
export interface Piece {
  /** From 0. */
  readonly layer: number;
  readonly low: number;
  readonly high: number;
  /** n_in of the layer. */
  readonly inputs: number;
  /** Neurons of the whole layer. */
  readonly outputs: number;
  /** True in the last layer, whose outputs are logits: no ReLU. */
  readonly last: boolean;
  /** First parameter of neuron `low`, counted from the first of the run. */
  readonly offset: number;
}

/** Neurons of all layers: the length of the line. */
export function neuronCount(model: MlpSpec): number {
  return model.layers.slice(1).reduce((sum, width) => sum + width, 0);
}

/** Parameters of all layers: the length of the canonical vector. */
export function parameterCount(model: MlpSpec): number {
  return model.layers
    .slice(1)
    .reduce((sum, width, layer) => sum + width * (model.layers[layer] + 1), 0);
}

/**
 * The pieces of neurons [low, high), in order, and the index of the run's first parameter in the canonical
 * vector. Throws a RangeError for an empty run or one outside of the line.
 */
export function piecesOf(
  model: MlpSpec,
  low: number,
  high: number,
): { pieces: readonly Piece[]; offset: number; parameters: number } {
  const neurons = neuronCount(model);
  if (!(
    Number.isInteger(low) &&
    Number.isInteger(high) &&
    0 <= low &&
    low < high &&
    high <= neurons
  ))
    throw new RangeError(`neurons [${low}, ${high}) are no run of a line of ${neurons} neurons`);
  const pieces: Piece[] = [];
  let firstNeuron = 0;
  let before = 0;
  let parameters = 0;
  for (let layer = 0; layer + 1 < model.layers.length; layer++) {
    const inputs = model.layers[layer];
    const outputs = model.layers[layer + 1];
    const from = Math.min(Math.max(low - firstNeuron, 0), outputs);
    const to = Math.min(Math.max(high - firstNeuron, 0), outputs);
    if (low > firstNeuron) before += from * (inputs + 1);
    if (from < to) {
      const last = layer + 2 === model.layers.length;
      pieces.push({ layer, low: from, high: to, inputs, outputs, last, offset: parameters });
      parameters += (to - from) * (inputs + 1);
    }
    firstNeuron += outputs;
  }
  return { pieces, offset: before, parameters };
}
