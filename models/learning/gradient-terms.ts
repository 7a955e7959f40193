/**
 * The gradient of dense layers as what it is the product of: of each layer its input x and the gradient dz of its outputs
 * (Chilimbi et al., OSDI 2014, Project Adam). For so many samples they are fewer numbers than the gradient where layers are
 * wide. The product sums over samples, ascending from zero: the bits of the gradient itself.
 */
import type { MlpSpec, ParameterRange } from '../spec/model.ts';
import { allocate, type FloatArray, precisionOf } from './float-array.ts';
import { simdKernel } from './kernels/simd.ts';
import { neuronCount, piecesOf } from './pieces.ts';

/** Of one layer: the neurons [low, high) whose dz is needed, with the whole x. */
export interface TermBlock {
  readonly layer: number;
  /** n_in of the layer. */
  readonly inputs: number;
  readonly low: number;
  readonly high: number;
  /** First parameter of neuron `low` in the canonical vector. */
  readonly offset: number;
}

/** What the gradient of those parameters is the product of: of each layer from the first neuron touched to the last. */
export function termBlocks(model: MlpSpec, ranges: readonly ParameterRange[]): TermBlock[] {
  return piecesOf(model, 0, neuronCount(model)).pieces.flatMap(
    ({ layer, inputs, outputs, offset }) => {
      const row = inputs + 1;
      const end = offset + outputs * row;
      const touched = ranges.filter(({ low, high }) => low < end && high > offset);
      if (touched.length === 0) return [];
      const first = Math.max(offset, touched[0].low) - offset;
      const last = Math.min(end, touched[touched.length - 1].high) - offset;
      const low = Math.floor(first / row);
      return [{ layer, inputs, low, high: Math.ceil(last / row), offset: offset + low * row }];
    },
  );
}

/** Numbers a sample: x of each block, and dz of its neurons. */
export function termElements(blocks: readonly TermBlock[]): number {
  return blocks.reduce((sum, { inputs, low, high }) => sum + inputs + high - low, 0);
}

/** Operations a sample of the product. */
export function termFlops(blocks: readonly TermBlock[]): number {
  return blocks.reduce((sum, { inputs, low, high }) => sum + (high - low) * (2 * inputs + 1), 0);
}

/** Of the terms of all layers, block by block x and then dz, those of some blocks; in an array of its own. */
export function selectTerms(
  all: readonly TermBlock[],
  blocks: readonly TermBlock[],
  whole: FloatArray,
): FloatArray {
  const samples = whole.length / termElements(all);
  const part = allocate(precisionOf(whole), samples * termElements(blocks));
  let from = 0;
  let to = 0;
  const copy = (begin: number, count: number) => {
    part.set(whole.subarray(begin, begin + count), to);
    to += count;
  };
  for (const { layer, inputs, high } of all) {
    const own = blocks.find((block) => block.layer === layer);
    if (own !== undefined) {
      copy(from, inputs * samples);
      copy(from + (inputs + own.low) * samples, (own.high - own.low) * samples);
    }
    from += (inputs + high) * samples;
  }
  return part;
}

/** The gradient of those parameters, one range after another, from the terms of their blocks. */
export function termProduct(
  blocks: readonly TermBlock[],
  ranges: readonly ParameterRange[],
  terms: FloatArray,
): FloatArray {
  const precision = precisionOf(terms);
  const samples = terms.length / termElements(blocks);
  const gradient = allocate(
    precision,
    ranges.reduce((sum, { low, high }) => sum + high - low, 0),
  );
  let at = 0;
  for (const { inputs, low, high, offset } of blocks) {
    const neurons = high - low;
    const x = terms.subarray(at, at + inputs * samples);
    at += (inputs + neurons) * samples;
    const dz = terms.subarray(at - neurons * samples, at);
    const rows = allocate(precision, neurons * (inputs + 1));
    simdKernel.backwardParameters({ inputs, neurons, samples }, x, dz, rows);
    let place = 0;
    for (const range of ranges) {
      const begin = Math.max(range.low, offset);
      const end = Math.min(range.high, offset + rows.length);
      if (end > begin)
        gradient.set(rows.subarray(begin - offset, end - offset), place + begin - range.low);
      place += range.high - range.low;
    }
  }
  return gradient;
}
