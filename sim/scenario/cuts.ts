/** Cuts that a scenario makes by hand: `bounds` in layers, or `stages` by the name of the first layer of each. */
import type { ResolvedModel } from './resolved.ts';
import { nearest, oneOf, show } from './show.ts';

interface NamedLayer {
  readonly name: string;
  readonly splits: number;
}

/** The layers of the model as they are counted: those repeated each for itself, numbered from 1. */
function layersOf(model: ResolvedModel): NamedLayer[] {
  if (model.kind === 'mlp') return model.layers.slice(1).map(() => ({ name: '', splits: 1 }));
  return model.layers.flatMap(({ name, repeat, splits = 1 }) =>
    Array.from({ length: repeat }, (_, copy) => ({
      name: repeat === 1 ? name : `${name} ${copy + 1}`,
      splits,
    })),
  );
}

/** Where each stage begins, and the end, in layers; undefined where the scenario leaves that to the partition. */
export function boundsOf(model: ResolvedModel): readonly number[] | undefined {
  if (model.bounds !== undefined) return model.bounds;
  if (model.kind === 'mlp' || model.stages === undefined) return undefined;
  const names = layersOf(model).map(({ name }) => name);
  return [...model.stages.map((name) => names.indexOf(name)), names.length];
}

/** A sentence for a cut that cannot be made; null if it can, or if there is none. */
export function wrongCut(model: ResolvedModel): string | null {
  const { bounds } = model;
  const stages = model.kind === 'mlp' ? undefined : model.stages;
  if (bounds !== undefined && stages !== undefined)
    return 'model has both bounds and stages; either would be right';
  if (bounds !== undefined) return wrongBounds(bounds, layersOf(model));
  return stages === undefined ? null : wrongStages(stages, layersOf(model));
}

function wrongBounds(bounds: readonly number[], layers: readonly NamedLayer[]): string | null {
  for (const [at, bound] of bounds.entries()) {
    const given = `model.bounds[${at}] is ${bound}`;
    if (at === 0 && bound !== 0) return `${given}; 0, where the first stage begins, would be right`;
    if (at === bounds.length - 1 && bound !== layers.length)
      return `${given}; ${layers.length}, the number of layers, would be right`;
    if (at > 0 && bound <= bounds[at - 1])
      return `${given}, not above the one before, which is ${bounds[at - 1]}; bounds that grow would be right`;
    const { splits = 1 } = layers[Math.floor(bound)] ?? {};
    if (!Number.isInteger(Math.round(bound * splits * 1e6) / 1e6))
      return `${given}, inside a layer that may be cut into ${splits} parts; ${splits === 1 ? 'a whole number' : `a multiple of 1/${splits}`} would be right`;
  }
  return null;
}

function wrongStages(stages: readonly string[], layers: readonly NamedLayer[]): string | null {
  const names = layers.map(({ name }) => name);
  let before = -1;
  for (const [at, name] of stages.entries()) {
    const given = `model.stages[${at}] is ${show(name)}`;
    const place = names.indexOf(name);
    if (place < 0)
      return `${given}, which no layer is called; ${show(nearest(name, names) ?? names[Math.min(at, names.length - 1)])} would be right`;
    if (names.lastIndexOf(name) !== place)
      return `${given}, which several layers are called; layers with names of their own, or bounds, would be right`;
    if (at === 0 && place !== 0)
      return `${given}; ${show(names[0])}, the first layer, would be right`;
    if (place <= before)
      return `${given}, which does not come behind ${show(stages[at - 1])}; ${oneOf(names.slice(before + 1, before + 4))} would be right`;
    before = place;
  }
  return null;
}
