/** The runs of a study, each a valid scenario of one protocol, with a key by which an earlier result is found. */
import { createHash } from 'node:crypto';
import { PROTOCOLS } from '../../models/protocols/registry.ts';
import type { Cell } from '../../reports/studies/run-outcome.ts';
import type { Search } from '../../scenarios/study.ts';
import { versions } from '../output/versions.ts';
import { BadInput } from '../scenario/bad-input.ts';
import { put } from '../scenario/overrides.ts';
import { plainCopy } from '../scenario/plain-data.ts';
import { resolveScenario } from '../scenario/resolve.ts';
import type { ResolvedScenario } from '../scenario/resolved.ts';
import { type Point, pointsOf } from './axes.ts';
import type { ResolvedStudy } from './study-schema.ts';

/** One run, or one search by several. */
export interface Job {
  /** Equal for equal runs of equal versions of the program, whatever study asks for them. */
  readonly key: string;
  /** The values of all axes. */
  readonly cells: Readonly<Record<string, Cell>>;
  readonly seed: number;
  /** As an author would have written it. */
  readonly written: unknown;
  /** Null where it cannot be run; `refused` then says why. */
  readonly scenario: ResolvedScenario | null;
  readonly refused: string | null;
  readonly search: Search | null;
  readonly curves: boolean;
  /** The folder of the files that the scenario names. */
  readonly folder: string;
  /** About how long it takes, in a unit of its own. */
  readonly weight: number;
}

/** What is refused of combinations is told in the table; a value that nothing can be run with is a mistake. */
class Refusals {
  private readonly passed = new Set<string>();
  private readonly failed = new Map<string, string>();

  see({ cells }: Point, sentence: string | null): void {
    const names = Object.entries(cells).map(([name, cell]) => `${name}=${String(cell)}`);
    for (const name of ['', ...names])
      if (sentence === null) this.passed.add(name);
      else if (!this.failed.has(name)) this.failed.set(name, sentence);
  }

  /** @throws BadInput for a value with which every run was refused */
  check(): void {
    for (const [name, sentence] of this.failed)
      if (!this.passed.has(name))
        throw new BadInput(name === '' ? sentence : `${sentence} (in every run with ${name})`);
  }
}

/**
 * All runs of a study, in the order of its axes.
 * @param folder of the study's file
 * @throws BadInput when no run, or no run with one of the values, can be run
 */
export async function jobsOf(study: ResolvedStudy, folder: string): Promise<Job[]> {
  const refusals = new Refusals();
  const jobs: Job[] = [];
  for (const point of pointsOf(study)) {
    const written = writtenOf(study, point);
    const { scenario, refused } = await resolved(written, study.search ?? null, folder);
    refusals.see(point, refused);
    const search = study.search ?? null;
    const curves = study.curves === true;
    const key = keyOf({ written, search, curves, cells: point.cells });
    const weight = scenario ? weightOf(scenario) : 0;
    const { cells, seed } = point;
    jobs.push({ key, cells, seed, written, scenario, refused, search, curves, folder, weight });
  }
  refusals.check();
  return jobs;
}

/** The scenario of a point. Expectations are of several runs, and are left out. */
function writtenOf({ base, name }: ResolvedStudy, { set, seed }: Point): unknown {
  const written = plainCopy(base) as Record<string, unknown>;
  delete written['expect'];
  if (typeof written['name'] !== 'string') written['name'] = name;
  for (const [path, value] of Object.entries(set)) put(written, path, plainCopy(value), 'vary');
  written['seed'] = seed;
  return written;
}

/** The scenario, or a part of it, with the number of a search in it. */
export function withNumber(value: unknown, number: number): unknown {
  if (value === '$') return number;
  if (Array.isArray(value))
    return value.flatMap((item: unknown) => {
      const { times, of } = (item ?? {}) as { times?: unknown; of?: unknown };
      if (times !== '$') return [withNumber(item, number)];
      return Array.from({ length: number }, () => of);
    });
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, withNumber(inner, number)]),
  );
}

async function resolved(
  written: unknown,
  search: Search | null,
  folder: string,
): Promise<Pick<Job, 'scenario' | 'refused'>> {
  const first = search ? withNumber(written, search.from) : written;
  try {
    const { scenario } = await resolveScenario(first, PROTOCOLS, folder);
    return { scenario, refused: null };
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    return { scenario: null, refused: error.message };
  }
}

function keyOf(what: object): string {
  const { program } = versions();
  return createHash('sha256')
    .update(JSON.stringify({ ...what, program }))
    .digest('hex')
    .slice(0, 16);
}

/** Events and arithmetic, very roughly: long runs shall begin first, so that no core waits for the last one. */
function weightOf({ cluster, training, model }: ResolvedScenario): number {
  const { iterations, microBatches, batch, numerics } = training;
  const events = cluster.nodes * iterations * (microBatches + 4);
  if (numerics === 'cost' || model.kind !== 'mlp') return events;
  const widths = model.layers;
  const parameters = widths.slice(1).reduce((sum, width, at) => sum + width * widths[at], 0);
  return events + (parameters * batch * iterations) / 1e4;
}
