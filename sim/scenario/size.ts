/**
 * Checks, before anything is made, that a scenario fits this machine and its numbers. Only what every run needs is
 * counted; beyond that the nodes' own memory limits apply.
 */
import { constants } from 'node:buffer';
import { totalmem } from 'node:os';
import { formatMemory } from '../../engine/format.ts';
import { BadInput } from './bad-input.ts';
import { bytesOf } from '../../models/spec/training.ts';
import { trainingOf } from '../training.ts';
import { chosen } from './chosen.ts';
import { MOST_LAYERS } from './schema/ranges.ts';
import type { ResolvedScenario } from './resolved.ts';

/** Bytes this machine has: of memory in all, and of one array. */
export interface Room {
  readonly memory: number;
  readonly array: number;
}

const ROOM: Room = {
  memory: totalmem() / 2,
  array: Math.min(totalmem() / 2, constants.MAX_LENGTH),
};
/** Sums of bytes and of elements are exact up to here. */
const COUNTED = 2 ** 53;

/**
 * Bytes that the simulator itself takes for a node, whatever it trains: less than half of the 5 kB of a ring under
 * cost numerics at the end of a run, which `npm run bench -- memory` prints. The limit is half of the memory, so what
 * is refused would take more than all of it.
 */
const NODE_BYTES = 2000;

/** Training needs the gradients beside the weights, an array each. */
const ARRAYS_OF_A_MODEL = 2;

interface Need {
  readonly field: string;
  readonly given: number | string;
  readonly bytes: number;
  /** Left out where nothing is allocated, only counted. */
  readonly made?: keyof Room;
}

/** @throws BadInput for the first thing that is too large */
export function checkSize(scenario: ResolvedScenario, room: Room = ROOM): void {
  checkLayers(scenario);
  const needs = [
    ...ofData(scenario),
    ...ofModel(scenario),
    ofNodes(scenario),
    ...ofCopies(scenario),
  ];
  for (const { field, given, bytes, made } of needs) {
    const most = made ? room[made] : COUNTED;
    if (bytes > most)
      throw new BadInput(
        `${field} is ${given}, which takes ${formatMemory(bytes)}, more than the ${formatMemory(most)} ` +
          `${made ? 'that this machine has' : 'that can be counted'}; less would be right`,
      );
  }
}

function checkLayers({ model }: ResolvedScenario): void {
  const layers =
    model.kind === 'mlp'
      ? model.layers.length
      : model.layers.reduce((sum, { repeat, splits = 1 }) => sum + repeat * splits, 0);
  if (layers > MOST_LAYERS)
    throw new BadInput(
      `model.layers has ${layers} layers, repeated ones and parts included; at most ${MOST_LAYERS} would be right`,
    );
}

function ofData({ data, model, training }: ResolvedScenario): Need[] {
  if (training.numerics !== 'exact' || data.kind !== 'synthetic' || model.kind !== 'mlp') return [];
  const sampleBytes = model.layers[0] + 1;
  return (['train', 'test'] as const).map((part) => ({
    field: `data.${part}`,
    given: data[part],
    bytes: data[part] * sampleBytes,
    made: 'array',
  }));
}

function ofModel({ model, training }: ResolvedScenario): Need[] {
  const { weights, activations } = bytesOf(trainingOf(training));
  const { parameters, elements } = countsOf(model);
  const bytes = parameters * weights;
  const made = training.numerics === 'exact' ? 'array' : undefined;
  const samples = training.batch / training.microBatches;
  return [
    { field: 'model.layers', given: `a model of ${parameters} parameters`, bytes, made },
    {
      field: 'training.batch',
      given: training.batch,
      bytes: samples * elements * activations,
      made,
    },
  ];
}

function ofNodes({ cluster: { nodes } }: ResolvedScenario): Need {
  return { field: 'cluster.nodes', given: nodes, bytes: nodes * NODE_BYTES, made: 'memory' };
}

/** Whole models of all nodes together: in any world they are in this machine's memory. */
function ofCopies({ cluster: { nodes }, model, protocol, training }: ResolvedScenario): Need[] {
  if (training.numerics !== 'exact') return [];
  const { parameters } = countsOf(model);
  const bytes = (parameters * ARRAYS_OF_A_MODEL * training.precision) / 8;
  return protocol.map((one) => {
    const { definition, options } = chosen(one);
    const copies = definition.copies?.(options, nodes) ?? 1;
    const held = `held ${copies === 1 ? 'once' : `${copies} times`} with its gradients by ${one.label}`;
    return {
      field: 'model.layers',
      given: `a model of ${parameters} parameters, ${held}`,
      bytes: copies * bytes,
      made: 'memory',
    };
  });
}

function countsOf(model: ResolvedScenario['model']) {
  return model.kind === 'mlp' ? ofWidths(model.layers) : ofTable(model);
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
