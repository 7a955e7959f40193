/**
 * Changes to a scenario from the command line: `--set path=value`, `--nodes`, `--seed`. They act on the plain
 * object before it is validated, so that a changed field is checked like a written one.
 */
import { BadInput } from './bad-input.ts';
import { show } from './show.ts';

export interface Overrides {
  /** Each `path=value`, such as `training.batch=64` or `protocol[0].recompute=true`. */
  readonly set?: readonly string[];
  readonly nodes?: string;
  readonly seed?: string;
}

type Container = Record<string, unknown>;

/**
 * The scenario with the overrides in it; the original stays as it is. Later ones win.
 * @throws BadInput for an override that is no `path=value`, or whose path leads nowhere.
 */
export function override(scenario: unknown, overrides: Overrides): unknown {
  const changed = clonePlain(scenario);
  for (const setting of overrides.set ?? []) {
    const equals = setting.indexOf('=');
    if (equals < 1)
      throw new BadInput(
        `--set is ${show(setting)}; path=value such as training.batch=64 would be right`,
      );
    put(changed, setting.slice(0, equals), readValue(setting.slice(equals + 1)));
  }
  if (overrides.nodes !== undefined)
    put(changed, 'cluster.nodes', readWhole('--nodes', overrides.nodes, 1));
  if (overrides.seed !== undefined) put(changed, 'seed', readWhole('--seed', overrides.seed, 0));
  return changed;
}

/** `64`, `true`, `[784, 10]` as what they are; anything that is no JSON is a string (`10 Gbit/s`). */
function readValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function readWhole(option: string, text: string, low: number): number {
  const value = /^[0-9]+$/.test(text.trim()) ? Number(text) : NaN;
  if (!Number.isSafeInteger(value) || value < low)
    throw new BadInput(`${option} is ${show(text)}; a whole number from ${low} would be right`);
  return value;
}

function put(scenario: unknown, path: string, value: unknown): void {
  const steps = path.split(/\.|\[(\d+)\]/).filter((step) => step !== undefined && step !== '');
  const bad = steps.length === 0 || !/^[A-Za-z][\w-]*(\.[\w-]+|\[\d+\])*$/.test(path);
  if (bad || steps.includes('__proto__'))
    throw new BadInput(
      `--set has the path ${show(path)}; field names joined by dots, such as training.batch, would be right`,
    );
  let at = scenario as Container;
  for (const [index, step] of steps.entries()) {
    const walked = steps.slice(0, index).join('.');
    if (at === null || typeof at !== 'object')
      throw new BadInput(
        `--set has the path ${show(path)}, but ${walked || 'the scenario'} is ${show(at)}; ` +
          'the path of a field inside an object or a list would be right',
      );
    if (Array.isArray(at) && !(/^\d+$/.test(step) && Number(step) <= at.length))
      throw new BadInput(
        `--set has the path ${show(path)}, but ${walked} is a list of ${at.length}; ` +
          `a number from 0 to ${at.length} after it would be right`,
      );
    if (index === steps.length - 1) at[step] = value;
    else at = (at[step] ??= {}) as Container;
  }
}

/** A copy of plain data; anything that is not plain is kept for the schema to object to. */
function clonePlain(value: unknown, depth = 0): unknown {
  if (depth > 20)
    throw new BadInput('the scenario is nested more than 20 deep; plain data would be right');
  if (Array.isArray(value)) return value.map((inner) => clonePlain(inner, depth + 1));
  if (value === null || typeof value !== 'object') return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype as object) !== null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, clonePlain(inner, depth + 1)]),
  );
}
