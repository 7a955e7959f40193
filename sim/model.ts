/** From the model of a scenario to that of a protocol: layers written out, and times as operations. */
import type { CostLayer, ModelSpec } from '../models/spec/model.ts';
import type { ResolvedModel } from './scenario/resolved.ts';

type CostTable = Extract<ResolvedModel, { kind: 'costs' }>;

/** A layer repeated is numbered from 1. A time costs what a host of `referenceSpeed` does in it. */
export function modelOf(model: ResolvedModel): ModelSpec {
  if (model.kind === 'mlp') return model;
  const layers = model.layers.flatMap((layer) => {
    const one = costLayer(layer, model.referenceSpeed ?? 0);
    if (layer.repeat === 1) return [one];
    return Array.from({ length: layer.repeat }, (_, copy) => ({
      ...one,
      name: `${layer.name} ${copy + 1}`,
    }));
  });
  return { kind: 'costs', layers, inputElements: model.inputElements };
}

function costLayer(layer: CostTable['layers'][number], referenceSpeed: number): CostLayer {
  const { forwardSeconds, backwardSeconds, name, parameters } = layer;
  return {
    name,
    parameters,
    forwardFlops: layer.forwardFlops ?? forwardSeconds! * referenceSpeed,
    backwardFlops: layer.backwardFlops ?? backwardSeconds! * referenceSpeed,
    outputElements: layer.outputElements,
    carryElements: layer.carryElements,
    keptElements: layer.keptElements,
  };
}
