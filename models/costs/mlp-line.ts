/**
 * The line of blocks of an MLP (PROTOCOLS A.1): every layer cut into runs of neurons small enough that a partition
 * can balance them. It knows counts and costs, no tensors and no owners.
 */
import { partOf } from './block-flops.ts';
import type { Block, ModelLine } from './line.ts';
import type { MlpSpec } from '../spec/model.ts';

/** Blocks that an equal share of the line is cut into: the `g` of PROTOCOLS A.1. */
export const BLOCKS_PER_NODE = 4;

/** Costs of one neuron with `inputs` inputs, per sample; layer 0 needs no dX (PROTOCOLS section 0). */
function neuronCosts(layer: number, inputs: number) {
  const forwardFlops = 2 * inputs + 2;
  const weightGradientFlops = 2 * inputs + 1;
  const backwardFlops = weightGradientFlops + (layer === 0 ? 0 : 2 * inputs);
  return { forwardFlops, backwardFlops, weightGradientFlops };
}

/** The most neurons in a block of each layer, when no block may cost more than `mostFlops`. */
function blockSizes(layers: readonly number[], mostFlops: number): number[] {
  return layers.slice(1).map((width, layer) => {
    const { forwardFlops, backwardFlops } = neuronCosts(layer, layers[layer]);
    return Math.max(1, Math.min(width, Math.floor(mostFlops / (forwardFlops + backwardFlops))));
  });
}

function countBlocks(layers: readonly number[], sizes: readonly number[]): number {
  return sizes.reduce((sum, size, layer) => sum + Math.ceil(layers[layer + 1] / size), 0);
}

/**
 * Block sizes for that many nodes: at most W / (g * nodes) FLOPs a block, at least one neuron. Where a few costly
 * neurons outweigh many cheap ones this may leave fewer blocks than nodes. Then the limit is halved until there are
 * enough, or every block is one neuron.
 */
function sizesFor(layers: readonly number[], nodeCount: number): number[] {
  let total = 0;
  for (let layer = 0; layer + 1 < layers.length; layer++) {
    const { forwardFlops, backwardFlops } = neuronCosts(layer, layers[layer]);
    total += layers[layer + 1] * (forwardFlops + backwardFlops);
  }
  let mostFlops = total / (BLOCKS_PER_NODE * nodeCount);
  let sizes = blockSizes(layers, mostFlops);
  while (countBlocks(layers, sizes) < nodeCount && sizes.some((size) => size > 1)) {
    mostFlops /= 2;
    sizes = blockSizes(layers, mostFlops);
  }
  return sizes;
}

/** A layer's blocks, as even as whole neurons allow. */
function layerBlocks({ layers, measured }: MlpSpec, layer: number, size: number): Block[] {
  const [inputs, width] = [layers[layer], layers[layer + 1]];
  const rows = measured?.[layer];
  const { forwardFlops, backwardFlops, weightGradientFlops } = neuronCosts(layer, inputs);
  const count = Math.ceil(width / size);
  return Array.from({ length: count }, (_, part) => {
    const low = Math.floor((part * width) / count);
    const high = Math.floor(((part + 1) * width) / count);
    const neurons = high - low;
    return {
      layer,
      low,
      high,
      forwardFlops: neurons * forwardFlops,
      backwardFlops: neurons * backwardFlops,
      weightGradientFlops: neurons * weightGradientFlops,
      measured: rows?.map((row) => partOf(row, neurons / width)),
      parameters: neurons * (inputs + 1),
      keptElements: 2 * neurons,
    };
  });
}

/** The line of that MLP for a ring of `nodeCount` nodes. With more nodes than neurons, a block is a neuron. */
export function mlpLine(spec: MlpSpec, nodeCount: number): ModelLine {
  const { layers } = spec;
  const sizes = sizesFor(layers, nodeCount);
  const blocks = sizes.flatMap((size, layer) => layerBlocks(spec, layer, size));
  const parameterOffsets: number[] = [];
  let parameters = 0;
  for (const block of blocks) {
    parameterOffsets.push(parameters);
    parameters += block.parameters;
  }
  return {
    kind: 'mlp',
    blocks,
    layerInputs: layers.slice(0, -1),
    outputElements: layers[layers.length - 1],
    parameters,
    parameterOffsets,
    carryElements(k) {
      const { layer, high } = blocks[k];
      if (high === layers[layer + 1]) return { forward: high, backward: high };
      return { forward: high + layers[layer], backward: high + (layer === 0 ? 0 : layers[layer]) };
    },
  };
}
