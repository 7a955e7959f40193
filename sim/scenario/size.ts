/**
 * Whether what a scenario asks for fits this machine and its numbers, told before anything is made. Only what every
 * run needs is counted: what nodes hold beyond it their own memory limits.
 */
import { constants } from 'node:buffer';
import { totalmem } from 'node:os';
import { formatMemory } from '../../engine/format.ts';
import { BadInput } from './bad-input.ts';
import { MOST_LAYERS } from './schema/ranges.ts';
import type { ResolvedScenario } from './resolved.ts';

/** Of the memory of this machine, and of one array. */
const ROOM_BYTES = Math.min(totalmem() / 2, constants.MAX_LENGTH);
/** Sums of bytes and of elements are exact up to here. */
const COUNTED = 2 ** 53;

interface Need {
  readonly field: string;
  readonly given: number | string;
  readonly bytes: number;
}

/** @throws BadInput for the first thing that is too large */
export function checkSize(scenario: ResolvedScenario, roomBytes: number = ROOM_BYTES): void {
  const { model, training } = scenario;
  const layers =
    model.kind === 'mlp'
      ? model.layers.length
      : model.layers.reduce((sum, { repeat }) => sum + repeat, 0);
  if (layers > MOST_LAYERS)
    throw new BadInput(
      `model.layers has ${layers} layers, repeated ones included; at most ${MOST_LAYERS} would be right`,
    );
  const isExact = training.numerics === 'exact';
  const room = isExact ? roomBytes : COUNTED;
  const whose = isExact ? 'that this machine has' : 'that can be counted';
  for (const { field, given, bytes } of isExact
    ? [...ofData(scenario), ...ofModel(scenario)]
    : ofModel(scenario))
    if (bytes > room)
      throw new BadInput(
        `${field} is ${given}, which takes ${formatMemory(bytes)}, more than the ${formatMemory(room)} ${whose}; ` +
          'less would be right',
      );
}

function ofData({ data, model }: ResolvedScenario): Need[] {
  if (data.kind !== 'synthetic' || model.kind !== 'mlp') return [];
  const sampleBytes = model.layers[0] + 1;
  return (['train', 'test'] as const).map((part) => ({
    field: `data.${part}`,
    given: data[part],
    bytes: data[part] * sampleBytes,
  }));
}

function ofModel({ model, training }: ResolvedScenario): Need[] {
  const elementBytes = training.precision / 8;
  const { parameters, elements } = model.kind === 'mlp' ? ofWidths(model.layers) : ofTable(model);
  const bytes = parameters * elementBytes;
  const samples = training.batch / training.microBatches;
  return [
    { field: 'model.layers', given: `a model of ${parameters} parameters`, bytes },
    { field: 'training.batch', given: training.batch, bytes: samples * elements * elementBytes },
  ];
}

/** Parameters of all layers, and elements of the widest for a sample. */
function ofWidths(widths: readonly number[]) {
  let parameters = 0;
  let elements = 0;
  for (const [layer, width] of widths.entries()) {
    if (layer > 0) parameters += (widths[layer - 1] + 1) * width;
    elements = Math.max(elements, width);
  }
  return { parameters, elements };
}

function ofTable({ layers, inputElements }: Extract<ResolvedScenario['model'], { kind: 'costs' }>) {
  let parameters = 0;
  let elements = inputElements;
  for (const layer of layers) {
    parameters += layer.parameters * layer.repeat;
    elements = Math.max(elements, layer.outputElements);
  }
  return { parameters, elements };
}
