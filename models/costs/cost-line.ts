/**
 * The line of blocks of a cost table: one block a layer, or as many equal ones as it may be split into. It knows
 * nothing of what the layers are.
 */
import type { CostLayer, CostTableSpec, ModelSpec } from '../spec/model.ts';
import type { Block, ModelLine } from './line.ts';
import { partOf } from './block-flops.ts';
import { mlpLine } from './mlp-line.ts';

/** The line of that cost table. A cut between two layers carries what the first says, its outputs as a rule, both ways. */
export function costLine(spec: CostTableSpec): ModelLine {
  const { layers } = spec;
  const blocks = layers.flatMap(layerBlocks);
  const parameterOffsets: number[] = [];
  let parameters = 0;
  for (const block of blocks) {
    parameterOffsets.push(parameters);
    parameters += block.parameters;
  }
  return {
    kind: 'costs',
    blocks,
    layerInputs: layers.map((_, index) =>
      index === 0 ? spec.inputElements : layers[index - 1].outputElements,
    ),
    outputElements: layers[layers.length - 1].outputElements,
    parameters,
    parameterOffsets,
    carryElements(k) {
      const { layer, high } = blocks[k];
      const { outputElements } = layers[layer];
      if (blocks[k + 1]?.layer !== layer) {
        const elements = carryOf(layers[layer]);
        return { forward: elements, backward: elements };
      }
      const part = Math.ceil((carryOf(layers[layer]) * high) / outputElements);
      if (layer === 0) return { forward: part + spec.inputElements, backward: part };
      const input = carryOf(layers[layer - 1]);
      return { forward: part + input, backward: part + input };
    },
  };
}

function carryOf({ carryElements, outputElements }: CostLayer): number {
  return carryElements ?? outputElements;
}

/** Its parts are runs of its outputs, as those of an MLP are, and as even as whole elements allow. */
function layerBlocks(layer: CostLayer, index: number): Block[] {
  const { splits = 1, outputElements, keptElements = 2 * outputElements } = layer;
  const { weightGradientFlops = Math.floor(layer.backwardFlops / 2) } = layer;
  const measured = layer.measured?.map((row) => partOf(row, 1 / splits));
  return Array.from({ length: splits }, (_, part) => {
    const before = (whole: number, parts: number) => Math.floor((parts * whole) / splits);
    const share = (whole: number) => before(whole, part + 1) - before(whole, part);
    return {
      layer: index,
      low: before(outputElements, part),
      high: before(outputElements, part + 1),
      forwardFlops: layer.forwardFlops / splits,
      backwardFlops: layer.backwardFlops / splits,
      weightGradientFlops: weightGradientFlops / splits,
      measured,
      parameters: share(layer.parameters),
      keptElements: share(keptElements),
      overheadNs: layer.overheadNs === undefined ? undefined : layer.overheadNs / splits,
    };
  });
}

/** The line of either kind of model for a ring of `nodeCount` nodes. */
export function lineOf(model: ModelSpec, nodeCount: number): ModelLine {
  const line = model.kind === 'mlp' ? mlpLine(model, nodeCount) : costLine(model);
  return model.bounds === undefined ? line : { ...line, bounds: blockBounds(line, model.bounds) };
}

/** Bounds in layers as bounds in blocks: a layer's blocks are as equal as its elements allow. */
function blockBounds({ blocks }: ModelLine, bounds: readonly number[]): number[] {
  const first = [0];
  for (const { layer } of blocks) first[layer + 1] = (first[layer + 1] ?? first[layer]) + 1;
  return bounds.map((bound) => {
    const layer = Math.floor(bound);
    return first[layer] + Math.round((bound - layer) * (first[layer + 1] - first[layer]) || 0);
  });
}
