/**
 * Changes to a scenario from the command line: `--set path=value`, `--nodes`, `--seed`. They act on the plain
 * object before it is validated, so that a changed field is checked like a written one.
 */
import { BadInput } from './bad-input.ts';
import { plainCopy } from './plain-data.ts';
import { show, showPath } from './show.ts';

export interface Overrides {
  /** Each `path=value`, such as `training.batch=64` or `protocol[0].recompute=all`. */
  readonly set?: readonly string[];
  readonly nodes?: string;
  readonly seed?: string;
  /** Of every host. */
  readonly memory?: string;
  /** Of the link that every host has to all others. */
  readonly links?: LinkOverrides | null;
}

/** In bytes a second, and seconds; what is left out stays. */
export interface LinkOverrides {
  readonly bandwidth?: number;
  readonly latency?: number;
}

type Container = Record<string | number, unknown>;

/**
 * The scenario with the overrides applied; the original stays as it is. Later ones win.
 * @throws BadInput for an override that is no `path=value`, or whose path leads nowhere
 */
export function override(scenario: unknown, overrides: Overrides): unknown {
  const changed = plainCopy(scenario);
  for (const setting of overrides.set ?? []) {
    const equals = setting.indexOf('=');
    if (equals < 1)
      throw new BadInput(
        `--set is ${show(setting)}; path=value such as training.batch=64 would be right`,
      );
    put(changed, setting.slice(0, equals), readValue(setting.slice(equals + 1)), '--set');
  }
  if (overrides.nodes !== undefined)
    put(changed, 'cluster.nodes', readWhole('--nodes', overrides.nodes, 1), '--nodes');
  if (overrides.seed !== undefined)
    put(changed, 'seed', readWhole('--seed', overrides.seed, 0), '--seed');
  if (overrides.memory !== undefined)
    for (const host of hostPaths(changed))
      put(changed, `${host}.memory`, readValue(overrides.memory), '--memory');
  if (overrides.links) relink(changed, overrides.links);
  return changed;
}

/** Gives every host one link each way to all others, first come, first served, whatever the network was. */
function relink(scenario: unknown, links: LinkOverrides): void {
  const { cluster } = scenario as { cluster?: { network?: LinkOverrides } };
  const { bandwidth, latency } = { ...cluster?.network, ...links };
  const network = { kind: 'star', sharing: 'fifo', bandwidth, latency };
  put(scenario, 'cluster.network', network, '--bandwidth or --delay');
  for (const host of hostPaths(scenario))
    for (const own of ['bandwidth', 'latency'])
      put(scenario, `${host}.${own}`, undefined, '--bandwidth or --delay');
}

/** Where the scenario describes its hosts. */
function hostPaths(scenario: unknown): string[] {
  const { hosts } = (scenario as { cluster?: { hosts?: unknown } } | null)?.cluster ?? {};
  return Array.isArray(hosts) ? hosts.map((_, at) => `cluster.hosts[${at}]`) : ['cluster.host'];
}

/** Reads `64`, `true` or `[784, 10]` as JSON; anything else is a string (`10 Gbit/s`). */
export function readValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

export function readWhole(option: string, text: string, low: number): number {
  const value = /^[0-9]+$/.test(text.trim()) ? Number(text) : NaN;
  if (!Number.isSafeInteger(value) || value < low)
    throw new BadInput(`${option} is ${show(text)}; a whole number from ${low} would be right`);
  return value;
}

/**
 * Sets a field of a scenario, as it is written, in place.
 * @param source what asks for it, as its author calls it, such as `--set`
 * @throws BadInput for a path that leads nowhere
 */
export function put(scenario: unknown, path: string, value: unknown, source: string): void {
  // An index stays a number, which marks a list.
  const steps = path
    .split(/\.|\[(\d+)\]/)
    .flatMap((step, place) => (step ? [place % 2 === 1 ? Number(step) : step] : []));
  const bad = steps.length === 0 || !/^[A-Za-z][\w-]*(\.[\w-]+|\[\d+\])*$/.test(path);
  if (bad || steps.includes('__proto__'))
    throw new BadInput(
      `${source} has the path ${show(path)}; field names joined by dots, such as training.batch, would be right`,
    );
  let at = scenario as Container;
  for (const [index, step] of steps.entries()) {
    refuseStep(path, at, step, showPath(steps.slice(0, index)), source);
    if (index === steps.length - 1) at[step] = value;
    else {
      if (!Object.hasOwn(at, step) || at[step] === undefined)
        at[step] = typeof steps[index + 1] === 'number' ? [] : {};
      at = at[step] as Container;
    }
  }
}

function refuseStep(
  path: string,
  at: unknown,
  step: string | number,
  walked: string,
  source: string,
): void {
  const refuse = (given: string, right: string): never => {
    throw new BadInput(
      `${source} has the path ${show(path)}, but ${walked} is ${given}; ${right} would be right`,
    );
  };
  if (at === null || typeof at !== 'object')
    return refuse(show(at), 'the path of a field inside an object or a list');
  if (!Array.isArray(at)) {
    if (typeof step === 'number') refuse('no list', `${walked} and the name of a field`);
  } else if (!(/^\d+$/.test(`${step}`) && Number(step) <= at.length))
    refuse(`a list of ${at.length}`, `a number from 0 to ${at.length} after it`);
}
