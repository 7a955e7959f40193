/**
 * The backward pass of a run of neurons over one carry, in two halves. The gradient of the inputs is added to the
 * partial dX that came with the carry, neurons descending, so that the sum does not depend on the cuts (PROTOCOLS
 * A.1). The gradient of the parameters stays here, and nothing waits for it.
 */
import type { LayerKernel } from './kernels/layer-kernel.ts';
import type { Carry } from './carry.ts';
import type { NeuronRun } from './cooling.ts';
import { allocate, precisionOf, type FloatArray } from './float-array.ts';
import type { Activations } from './forward-pass.ts';
import type { Piece } from './pieces.ts';

function checkCarry(last: Piece, carry: Carry, activations: Activations): void {
  const { samples } = activations;
  const withInputs = last.high < last.outputs && last.layer > 0;
  const found = [carry.samples, carry.outputs.length, carry.inputs?.length ?? 0];
  const right = [samples, last.high * samples, withInputs ? last.inputs * samples : 0];
  if (found.some((value, k) => value !== right[k]))
    throw new RangeError(
      `backward carry behind neuron ${last.high - 1} of layer ${last.layer}: found [samples, dy elements, ` +
        `dX elements] [${found.join(', ')}], [${right.join(', ')}] would be right`,
    );
}

/** dz of the piece's own neurons: dy where y > 0, else 0; dy itself for logits. */
function maskedGradients(piece: Piece, dy: FloatArray, own: FloatArray | null, samples: number) {
  const masked = dy.slice(piece.low * samples, piece.high * samples);
  const count = own === null ? 0 : masked.length;
  if (own !== null) for (let k = 0; k < count; k++) if (!(own[k] > 0)) masked[k] = 0;
  return masked;
}

/**
 * Computes the gradient of the inputs, pieces last to first. Adds to the carry's dX in place, and may hand that array
 * on.
 */
export function inputGradientPass(
  kernel: LayerKernel,
  pieces: readonly Piece[],
  parameters: FloatArray,
  activations: Activations,
  carry: Carry,
): { carry: Carry; outputGradients: FloatArray[] } {
  const { samples } = carry;
  const precision = precisionOf(parameters);
  checkCarry(pieces[pieces.length - 1], carry, activations);
  const outputGradients = new Array<FloatArray>(pieces.length);
  let dy = carry.outputs;
  let dx = carry.inputs;
  for (let p = pieces.length - 1; p >= 0; p--) {
    const piece = pieces[p];
    const dz = maskedGradients(piece, dy, activations.outputs[p], samples);
    outputGradients[p] = dz;
    if (piece.layer > 0) {
      dx ??= allocate(precision, piece.inputs * samples);
      const own = parameters.subarray(piece.offset, endOf(piece));
      kernel.backwardInputs(shapeOf(piece, samples), own, dz, dx);
    }
    if (piece.low > 0) {
      const before = { samples, outputs: dy.slice(0, piece.low * samples), inputs: dx };
      return { carry: before, outputGradients };
    }
    dy = dx ?? allocate(precision, 0);
    dx = null;
  }
  return { carry: { samples, outputs: dy, inputs: null }, outputGradients };
}

/**
 * Adds the gradient of the parameters to `gradients`, laid out as the run's parameters, from dz of each piece. `active` are
 * the runs of neurons that want it, counted from the first; all if left out.
 */
export function weightGradientPass(
  kernel: LayerKernel,
  pieces: readonly Piece[],
  gradients: FloatArray,
  activations: Activations,
  outputGradients: readonly FloatArray[],
  active?: readonly NeuronRun[],
): void {
  const { samples, inputs } = activations;
  let end = pieces.reduce((sum, { low, high }) => sum + high - low, 0);
  for (let p = pieces.length - 1; p >= 0; p--) {
    const piece = pieces[p];
    const first = end - (piece.high - piece.low);
    for (const { low, high } of active ?? [{ low: first, high: end }]) {
      const from = Math.max(low, first);
      const neurons = Math.min(high, end) - from;
      if (neurons <= 0) continue;
      const row = piece.inputs + 1;
      const begin = piece.offset + (from - first) * row;
      const dz = outputGradients[p].subarray(
        (from - first) * samples,
        (from - first + neurons) * samples,
      );
      const own = gradients.subarray(begin, begin + neurons * row);
      kernel.backwardParameters({ inputs: piece.inputs, neurons, samples }, inputs[p], dz, own);
    }
    end = first;
  }
}

function shapeOf({ inputs, low, high }: Piece, samples: number) {
  return { inputs, neurons: high - low, samples };
}

/** The index after the piece's last parameter. */
function endOf({ inputs, low, high, offset }: Piece): number {
  return offset + (high - low) * (inputs + 1);
}
