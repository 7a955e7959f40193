/**
 * The state that training begins from: He uniform (He et al. 2015). Each neuron has its own stream, so that its
 * weights do not depend on which node makes them. Biases are 0.
 */
import { randomStream } from '../../engine/random.ts';
import type { MlpSpec } from '../spec/model.ts';
import { OPTIMIZER_SLOTS, type OptimizerSpec } from '../spec/training.ts';
import { allocate, type FloatArray, type Precision } from './float-array.ts';
import { piecesOf, type Piece } from './pieces.ts';
import type { SegmentState } from './segment-state.ts';

/** The parameters of the pieces, `length` in all: per neuron its weights, uniform within sqrt(6 / n_in), and 0. */
export function initialWeights(
  pieces: readonly Piece[],
  length: number,
  precision: Precision,
  seed: number,
): FloatArray {
  const parameters = allocate(precision, length);
  for (const { layer, low, high, inputs, offset } of pieces) {
    const limit = Math.sqrt(6 / inputs);
    for (let neuron = low; neuron < high; neuron++) {
      const stream = randomStream(seed, `weights/${layer}/${neuron}`);
      const row = offset + (neuron - low) * (inputs + 1);
      for (let i = 0; i < inputs; i++) parameters[row + i] = (2 * stream.uniform() - 1) * limit;
    }
  }
  return parameters;
}

/** The state of neurons [low, high) before the first step: initial weights, and optimizer slots at 0. */
export function initialState(options: {
  readonly model: MlpSpec;
  readonly seed: number;
  readonly precision: Precision;
  readonly optimizer: OptimizerSpec;
  readonly low: number;
  readonly high: number;
}): SegmentState {
  const { model, seed, precision, optimizer, low, high } = options;
  const { pieces, offset, parameters: length } = piecesOf(model, low, high);
  const slots = OPTIMIZER_SLOTS[optimizer.kind];
  return {
    offset,
    parameters: initialWeights(pieces, length, precision, seed),
    first: allocate(precision, slots > 0 ? length : 0),
    second: allocate(precision, slots > 1 ? length : 0),
    beta1Power: 1,
    beta2Power: 1,
  };
}
