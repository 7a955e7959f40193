/**
 * The line of blocks of a cost table: one block a layer, never split, so that closed forms can be tested with stages
 * of any cost. It knows nothing of what the layers are.
 */
import type { Block, ModelLine } from './line.ts';
import type { CostTableSpec, ModelSpec } from '../spec/model.ts';
import { mlpLine } from './mlp-line.ts';

/** The line of that cost table. A cut between two layers carries what the first says, its outputs as a rule, both ways. */
export function costLine(spec: CostTableSpec): ModelLine {
  const { layers } = spec;
  const parameterOffsets: number[] = [];
  let parameters = 0;
  const blocks = layers.map((layer, index): Block => {
    parameterOffsets.push(parameters);
    parameters += layer.parameters;
    return {
      layer: index,
      low: 0,
      high: layer.outputElements,
      forwardFlops: layer.forwardFlops,
      backwardFlops: layer.backwardFlops,
      weightGradientFlops: layer.weightGradientFlops ?? Math.floor(layer.backwardFlops / 2),
      measured: layer.measured,
      parameters: layer.parameters,
      keptElements: layer.keptElements ?? 2 * layer.outputElements,
      overheadNs: layer.overheadNs,
      splits: layer.splits,
    };
  });
  return {
    kind: 'costs',
    blocks,
    layerInputs: layers.map((_, index) =>
      index === 0 ? spec.inputElements : layers[index - 1].outputElements,
    ),
    outputElements: layers[layers.length - 1].outputElements,
    parameters,
    parameterOffsets,
    splitsLayers: false,
    carryElements(k) {
      const elements = layers[k].carryElements ?? layers[k].outputElements;
      return { forward: elements, backward: elements };
    },
  };
}

/** The line of either kind of model for a ring of `nodeCount` nodes. */
export function lineOf(model: ModelSpec, nodeCount: number): ModelLine {
  return model.kind === 'mlp' ? mlpLine(model, nodeCount) : costLine(model);
}
