/** The size of a model. */
import type { ResolvedScenario } from '../../scenario/resolved.ts';

/** Weights and biases. */
export function modelParameters({ model }: ResolvedScenario): number {
  if (model.kind === 'costs')
    return model.layers.reduce((sum, { parameters, repeat }) => sum + parameters * repeat, 0);
  const widths = model.layers;
  return widths.slice(1).reduce((sum, width, at) => sum + width * (widths[at] + 1), 0);
}
