/** A line of profiled operations as a cost table, per sample. */
import type { Model } from '../../scenarios/scenario.ts';
import type { LineOperation } from './graph-line.ts';

export type CostTable = Extract<Model<number>, { kind: 'costs' }>;

export interface ImportedTable {
  readonly table: CostTable;
  readonly warnings: readonly string[];
}

/** Of an element: profiles are of 32-bit floats. */
const ELEMENT_BYTES = 4;
/** Backward over forward, where times are likely to belong to each other; looked at from this part of all time. */
const RATIO_FROM = 0.01;
const RATIO_LEAST = 0.5;
const RATIO_MOST = 4;
const NOT_IN_IT =
  'the times are those of forward and backward passes alone: neither the optimizer nor gaps of the host are in them';

/**
 * One layer for each operation that takes time or has parameters. What takes none goes with the operation before it, and the
 * cut behind the layer is the smallest of those behind its operations. Stages of the profile become bounds.
 * `samples` is the batch that was profiled, `inputBytes` what its data take; a host of `referenceSpeed` has these times.
 */
export function costTable(
  line: readonly LineOperation[],
  {
    samples,
    inputBytes,
    referenceSpeed,
  }: { samples: number; inputBytes: number; referenceSpeed: number },
): ImportedTable {
  const elements = (bytes: number) => Math.ceil(bytes / ELEMENT_BYTES / samples);
  const groups: LineOperation[][] = [];
  for (const operation of line) {
    const { forwardSeconds, backwardSeconds, parameterBytes, stage } = operation;
    const isFree = forwardSeconds + backwardSeconds + parameterBytes === 0;
    const group = groups.at(-1);
    if (isFree && group?.[0].stage === stage) group.push(operation);
    else groups.push([operation]);
  }
  const layers = groups.map((group) => {
    const sum = (of: (operation: LineOperation) => number) =>
      group.reduce((total, operation) => total + of(operation), 0);
    return {
      name: `node${group[0].number} ${group[0].name}`,
      forwardSeconds: sum(({ forwardSeconds }) => forwardSeconds) / samples,
      backwardSeconds: sum(({ backwardSeconds }) => backwardSeconds) / samples,
      parameters: Math.ceil(sum(({ parameterBytes }) => parameterBytes) / ELEMENT_BYTES),
      outputElements: Math.max(1, elements(group[group.length - 1].activationBytes)),
      carryElements: elements(Math.min(...group.map(({ cutBytes }) => cutBytes))),
      keptElements: elements(sum(({ activationBytes }) => activationBytes)),
    };
  });
  const starts = groups.flatMap(([{ stage }], at) =>
    stage !== groups[at - 1]?.[0].stage ? [at] : [],
  );
  const bounds = line[0]?.stage === null ? {} : { bounds: [...starts, groups.length] };
  const inputElements = Math.max(1, elements(inputBytes));
  return {
    table: {
      kind: 'costs',
      inputElements,
      referenceSpeed,
      measuredSamples: samples,
      layers,
      ...bounds,
    },
    warnings: [...unlikely(layers), NOT_IN_IT],
  };
}

function unlikely(
  layers: readonly { name: string; forwardSeconds: number; backwardSeconds: number }[],
): string[] {
  const seconds = layers.map((layer) => layer.forwardSeconds + layer.backwardSeconds);
  const all = seconds.reduce((sum, one) => sum + one, 0);
  return layers.flatMap(({ name, forwardSeconds, backwardSeconds }, at) => {
    const ratio = backwardSeconds / forwardSeconds;
    if (seconds[at] < RATIO_FROM * all || (ratio >= RATIO_LEAST && ratio <= RATIO_MOST)) return [];
    const usual = `from ${RATIO_LEAST} to ${RATIO_MOST} is usual`;
    return [
      `${name}: backward takes ${ratio.toPrecision(2)} times as long as forward; ${usual}, so the profiler may have booked it to another operation`,
    ];
  });
}
