/**
 * The forward pass of a run of neurons over one carry. It knows no optimizer, no keys and no messages; what backward
 * needs is returned.
 */
import type { LayerKernel } from './kernels/layer-kernel.ts';
import type { Carry } from './carry.ts';
import { allocate, precisionOf, type FloatArray } from './float-array.ts';
import type { Piece } from './pieces.ts';

/** What backward needs of a forward pass: for each piece the layer's input and the run's own outputs. */
export interface Activations {
  readonly samples: number;
  /** Per piece x [n_in][samples]. */
  readonly inputs: readonly FloatArray[];
  /** Per piece y of its own neurons [high - low][samples], possibly a view; null for logits. */
  readonly outputs: readonly (FloatArray | null)[];
}

/** The layer's input and its outputs so far, as they stand before the run's first neuron. */
function openCarry(first: Piece, carry: Carry): { inputs: FloatArray; before: FloatArray | null } {
  const opensLayer = first.low === 0;
  const inputs = opensLayer && first.layer > 0 ? carry.outputs : carry.inputs;
  const before = opensLayer ? null : carry.outputs;
  const found = [inputs?.length, before?.length ?? 0];
  const right = [first.inputs * carry.samples, first.low * carry.samples];
  if (inputs === null || found[0] !== right[0] || found[1] !== right[1])
    throw new RangeError(
      `forward carry before neuron ${first.low} of layer ${first.layer} with ${carry.samples} samples: found ` +
        `${found[0] ?? 'no'} input and ${found[1]} output elements, ${right[0]} and ${right[1]} would be right`,
    );
  return { inputs, before };
}

function rectify(values: FloatArray): void {
  const count = values.length;
  for (let k = 0; k < count; k++) if (!(values[k] > 0)) values[k] = 0;
}

/**
 * Runs the pieces over the carry, whose arrays stay as they are. `parameters` are the run's, from its first
 * neuron on. With `keep` the activations are returned too; no array in them is shared with the result.
 */
export function forwardPass(
  kernel: LayerKernel,
  pieces: readonly Piece[],
  parameters: FloatArray,
  carry: Carry,
  keep: boolean,
): { carry: Carry; activations: Activations } {
  const samples = carry.samples;
  const kept = { inputs: [] as FloatArray[], outputs: [] as (FloatArray | null)[] };
  let { inputs, before } = openCarry(pieces[0], carry);
  for (const piece of pieces) {
    const { low, high } = piece;
    const all = allocate(precisionOf(parameters), high * samples);
    if (before !== null) all.set(before);
    const own = all.subarray(low * samples);
    const shape = { inputs: piece.inputs, neurons: high - low, samples };
    const size = shape.neurons * (piece.inputs + 1);
    kernel.forward(shape, parameters.subarray(piece.offset, piece.offset + size), inputs, own);
    if (!piece.last) rectify(own);
    kept.inputs.push(inputs);
    if (piece !== pieces[pieces.length - 1]) {
      kept.outputs.push(own);
      inputs = all;
      before = null;
      continue;
    }
    kept.outputs.push(keep && !piece.last ? own.slice() : null);
    const goesOn = high < piece.outputs;
    const passedOn = goesOn ? inputs.slice() : null;
    return {
      carry: { samples, outputs: all, inputs: passedOn },
      activations: { samples, ...kept },
    };
  }
  throw new RangeError('forward pass of no neurons: one at least would be right');
}
