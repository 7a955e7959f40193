/**
 * Reads a profile of the kind that PipeDream's profiler writes (Narayanan et al., SOSP 2019): a line for each operation
 * with its times and sizes for a whole batch, then a line for each edge of the graph. Its optimizer adds the stage of
 * each operation.
 */
import { BadInput } from '../scenario/bad-input.ts';
import { show } from '../scenario/show.ts';

/** An operation, with what it took for the whole batch that was profiled. */
export interface Operation {
  readonly number: number;
  readonly name: string;
  readonly forwardSeconds: number;
  readonly backwardSeconds: number;
  readonly activationBytes: number;
  readonly parameterBytes: number;
  /** The stage that a partition has put it into; null where the profile has none. */
  readonly stage: number | null;
}

export interface Profile {
  /** By the number of the operation, ascending. */
  readonly operations: readonly Operation[];
  /** From and to, as numbers of operations. */
  readonly edges: readonly (readonly [number, number])[];
}

const OPERATION = /^node(\d+) -- (.*) -- (forward_compute_time=.*?)(?: -- stage_id=(.*))?$/;
const EDGE = /^\s*node(\d+) -- node(\d+)\s*$/;
const RIGHT =
  "'node1 -- Conv2d -- forward_compute_time=1.5, backward_compute_time=3, activation_size=4096, parameter_size=256' or 'node1 -- node2'";

/** @throws BadInput with the line, when something in it cannot be read */
export function readProfile(file: string, text: string): Profile {
  const operations = new Map<number, Operation>();
  const edges: [number, number, string][] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const where = `${file}, line ${index + 1}`;
    const edge = EDGE.exec(line);
    const row = OPERATION.exec(line);
    if (edge) edges.push([Number(edge[1]), Number(edge[2]), where]);
    // What is no profile may be anything, a key or a password, and nothing of it is told.
    else if (!row)
      throw new BadInput(`${where} is no operation and no edge; ${RIGHT} would be right`);
    else if (operations.has(Number(row[1])))
      throw new BadInput(`${where}: there are two lines of node${row[1]}; one would be right`);
    else {
      const operation = operationOf(Number(row[1]), row[2], row[3], where);
      operations.set(operation.number, { ...operation, stage: stageOf(row[4], where) });
    }
  }
  if (operations.size === 0)
    throw new BadInput(`${file} has no operation; ${RIGHT} would be right`);
  for (const [from, to, where] of edges)
    for (const end of [from, to])
      if (!operations.has(end))
        throw new BadInput(`${where}: node${end} has no line of its own; one would be right`);
  return {
    operations: [...operations.values()].sort((one, other) => one.number - other.number),
    edges: edges.map(([from, to]) => [from, to] as const),
  };
}

function stageOf(given: string | undefined, where: string): number | null {
  if (given === undefined) return null;
  const stage = Number(given);
  if (/^\d+$/.test(given.trim()) && Number.isSafeInteger(stage)) return stage;
  throw new BadInput(
    `${where}: stage_id is ${show(given)}; the number of a stage, from 0, would be right`,
  );
}

function operationOf(
  number: number,
  name: string,
  figures: string,
  where: string,
): Omit<Operation, 'stage'> {
  const figure = (key: string): number => {
    const found = new RegExp(`(?:^|, )${key}=(\\[[^\\]]*\\]|[^,]*)`).exec(figures);
    const words = found ? found[1].replace(/^\[|\]$/g, '').split(';') : [''];
    const numbers = words.map((word) => (word.trim() === '' ? NaN : Number(word)));
    const sum = numbers.reduce((total, one) => total + one, 0);
    if (!Number.isFinite(sum) || numbers.some((one) => one < 0))
      throw new BadInput(
        `${where}: ${key} is ${found ? show(found[1]) : 'missing'}; a number of at least 0 would be right`,
      );
    return sum;
  };
  return {
    number,
    name,
    forwardSeconds: figure('forward_compute_time') / 1000,
    backwardSeconds: figure('backward_compute_time') / 1000,
    activationBytes: figure('activation_size'),
    parameterBytes: figure('parameter_size'),
  };
}
