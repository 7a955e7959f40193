/**
 * The backward pass of a run of neurons over one carry: adds to the run's gradients and to the partial dX that
 * came with the carry, neurons descending, so that the sum does not know where the cuts are (PROTOCOLS A.1).
 */
import type { LayerKernel } from '../kernels/layer-kernel.ts';
import type { Carry } from './carry.ts';
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
 * Runs the pieces, last to first. Adds to `gradients` (laid out as the run's parameters) and in place to the
 * carry's dX, which the result may hand on.
 */
export function backwardPass(
  kernel: LayerKernel,
  pieces: readonly Piece[],
  parameters: FloatArray,
  gradients: FloatArray,
  activations: Activations,
  carry: Carry,
): Carry {
  const samples = carry.samples;
  const precision = precisionOf(parameters);
  checkCarry(pieces[pieces.length - 1], carry, activations);
  let dy = carry.outputs;
  let dx = carry.inputs;
  for (let p = pieces.length - 1; p >= 0; p--) {
    const piece = pieces[p];
    const shape = { inputs: piece.inputs, neurons: piece.high - piece.low, samples };
    const end = piece.offset + shape.neurons * (piece.inputs + 1);
    const dz = maskedGradients(piece, dy, activations.outputs[p], samples);
    const inputs = activations.inputs[p];
    kernel.backwardParameters(shape, inputs, dz, gradients.subarray(piece.offset, end));
    if (piece.layer > 0) {
      dx ??= allocate(precision, piece.inputs * samples);
      kernel.backwardInputs(shape, parameters.subarray(piece.offset, end), dz, dx);
    }
    if (piece.low > 0) return { samples, outputs: dy.slice(0, piece.low * samples), inputs: dx };
    dy = dx ?? allocate(precision, 0);
    dx = null;
  }
  return { samples, outputs: dy, inputs: null };
}
