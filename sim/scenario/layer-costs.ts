/** What the layers of a cost table may say of their costs, and what of it means something in a run. */
import { formatCounted } from '../../engine/format.ts';
import { protocolOf } from '../../models/protocols/registry.ts';
import type { ResolvedModel, ResolvedScenario } from './resolved.ts';
import { chosen } from './chosen.ts';

type Table = Extract<ResolvedModel, { kind: 'costs' }>;
type Mlp = Extract<ResolvedModel, { kind: 'mlp' }>;
type Layer = Table['layers'][number];

const HALVES = ['inputGradient', 'weightGradient'] as const;

/** The fields of a kind of costs: a forward pass and a backward one, or its two halves. */
function fields(unit: '' | 'Flops' | 'Seconds') {
  return {
    forward: `forward${unit}`,
    backward: `backward${unit}`,
    halves: HALVES.map((half) => half + unit),
  };
}

/** Whether the layer or row gives a forward pass and a backward one, in one of the two ways. */
function isWhole(given: object, { forward, backward, halves }: ReturnType<typeof fields>): boolean {
  const has = (name: string) => (given as Record<string, unknown>)[name] !== undefined;
  return has(forward) && (has(backward) ? !halves.some(has) : halves.every(has));
}

const COSTS = ['Flops', 'Seconds'] as const;
const COST_FIELDS = [
  ...COSTS.flatMap((unit) => {
    const { forward, backward, halves } = fields(unit);
    return [forward, backward, ...halves];
  }),
  'times',
];

/** A sentence for the first layer that does not say its costs in one way; null if all do. */
export function wrongCosts(model: ResolvedModel): string | null {
  if (model.kind === 'mlp') return wrongMeasurement(model);
  for (const [index, layer] of model.layers.entries()) {
    const path = `model.layers[${index}]`;
    const given = COST_FIELDS.filter((name) => layer[name as keyof Layer] !== undefined);
    const inOneWay =
      given.length === 1
        ? layer.times !== undefined
        : COSTS.some((unit) => {
            return isWhole(layer, fields(unit)) && given.every((name) => name.endsWith(unit));
          });
    if (!inOneWay)
      return `${path} gives ${given.join(', ') || 'no costs'}; forwardFlops and backwardFlops, forwardSeconds and backwardSeconds, or times would be right, with inputGradient... and weightGradient... in place of backward... where they are apart`;
    const wrong = wrongTimes(layer.times ?? [], `${path}.times`);
    if (wrong !== null) return wrong;
    if (layer.forwardFlops === undefined && model.referenceSpeed === undefined)
      return `${path} gives times, but model.referenceSpeed does not say on which host; the speed of that host would be right`;
  }
  return null;
}

/** Of an MLP that says what its passes take. */
function wrongMeasurement({ layers, times, referenceSpeed }: Mlp): string | null {
  if (times === undefined) return null;
  const count = layers.length - 1;
  if (times.length !== count)
    return `model.times has ${times.length} layers, and the model ${count}; as many would be right`;
  if (referenceSpeed === undefined)
    return 'model.times is given, but model.referenceSpeed does not say on which host; the speed of that host would be right';
  for (const [layer, rows] of times.entries()) {
    const wrong = wrongTimes(rows, `model.times[${layer}]`);
    if (wrong !== null) return wrong;
  }
  return null;
}

function wrongTimes(times: NonNullable<Layer['times']>, path: string): string | null {
  const seen = new Set<number>();
  for (const [index, row] of times.entries()) {
    const at = `${path}[${index}]`;
    if (!isWhole(row, fields('')))
      return `${at} does not give each pass once; forward, and backward or both inputGradient and weightGradient would be right`;
    if (seen.has(row.samples))
      return `${at}.samples is ${row.samples}, as in a row before it; each number of samples once would be right`;
    seen.add(row.samples);
  }
  return null;
}

/** Times mean something on a host, and for batches of the sizes that they were measured with. */
export function costWarnings(scenario: ResolvedScenario): string[] {
  const { model } = scenario;
  if (model.kind === 'mlp') return [];
  const { referenceSpeed, measuredSamples, layers } = model;
  const perSample = layers.some(({ forwardSeconds }) => forwardSeconds !== undefined);
  const warnings: string[] = [];
  if (measuredSamples !== undefined && !perSample)
    warnings.push('model.measuredSamples has no effect where no layer gives times of a sample');
  if (
    referenceSpeed !== undefined &&
    layers.every(({ forwardFlops }) => forwardFlops !== undefined)
  )
    warnings.push('model.referenceSpeed has no effect where no layer gives times');
  const sizes = passSamples(scenario);
  const other = sizes.find((samples) => samples !== measuredSamples);
  if (perSample && measuredSamples !== undefined && other !== undefined)
    warnings.push(
      `model.measuredSamples is ${measuredSamples}, but a pass takes ${formatCounted(other, 'sample')}: a sample of another batch takes another time`,
    );
  return [...warnings, ...layers.flatMap((layer, index) => beyond(layer, index, sizes))];
}

function beyond({ times }: Layer, index: number, sizes: readonly number[]): string[] {
  if (times === undefined) return [];
  const measured = times.map(({ samples }) => samples);
  const [least, most] = [Math.min(...measured), Math.max(...measured)];
  const outside = sizes.find((samples) => samples < least || samples > most);
  if (outside === undefined) return [];
  return [
    `model.layers[${index}].times has ${least === most ? `${least}` : `${least} to ${most}`} samples, but a pass takes ${outside}: its time is in proportion to the ${outside < least ? 'fewest' : 'most'} measured`,
  ];
}

/** The numbers of samples that passes of the run take. */
function passSamples({ protocol, training, cluster }: ResolvedScenario): number[] {
  const sizes = protocol.flatMap((one) => {
    const { options } = chosen(one);
    const { batch, microBatches } = training;
    return (
      protocolOf(one.kind)?.passSamples?.(batch, options, cluster.nodes) ?? [batch / microBatches]
    );
  });
  return [...new Set(sizes)];
}
