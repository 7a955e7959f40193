/** Reads a scenario file: a module with a default export, or JSON. It knows nothing of what a scenario may contain. */
import { stat } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import { BadInput } from './bad-input.ts';
import { readJson, readText } from './read-json.ts';
import { readModule, type LoadedScenario } from './scenario-module.ts';
import { show } from './show.ts';

const MODULE_KINDS = ['.ts', '.mts', '.js', '.mjs'];

/** The kinds of file that a scenario may be, in words. */
export const SCENARIO_FILE = 'a .ts, .mts, .js, .mjs or .json file';

/** What a file is to hold, in words. */
export interface Wanted {
  readonly noun: string;
  readonly example: string;
  /** What its module exports. */
  readonly call: string;
}

const SCENARIO: Wanted = {
  noun: 'scenario',
  example: 'scenarios/ring-64.ts',
  call: 'defineScenario',
};

/**
 * The plain object in a scenario file, and warnings about the file.
 * @param file path, relative to the working directory or absolute
 * @throws BadInput when there is no such file or it holds no scenario
 */
export async function loadScenario(
  file: string,
  wanted: Wanted = SCENARIO,
): Promise<LoadedScenario> {
  const { noun, example, call } = wanted;
  const path = resolve(file);
  const found = await stat(path).catch(() => null);
  if (!found)
    throw new BadInput(
      `${file} is no file; the path of a ${noun} such as ${example} would be right`,
    );
  if (found.isDirectory())
    throw new BadInput(
      `${file} is a folder; the path of a ${noun} file in it, such as ${basename(example)}, would be right`,
    );
  const kind = extname(path);
  if (kind === '.json') {
    const right = `a JSON object with the ${noun} in it`;
    return { scenario: withoutSchema(readJson(file, right)), warnings: [] };
  }
  if (!MODULE_KINDS.includes(kind))
    throw new BadInput(`${file} ends in ${show(kind)}; ${SCENARIO_FILE} would be right`);
  const right = `a module with \`export default ${call}({ ... })\``;
  if (readText(file, right).trim() === '')
    throw new BadInput(`${file} is empty; ${right} would be right`);
  return readModule(file, path, call);
}

/** Removes `$schema`, which editors read. */
function withoutSchema(scenario: unknown): unknown {
  if (scenario === null || typeof scenario !== 'object' || Array.isArray(scenario)) return scenario;
  return Object.fromEntries(Object.entries(scenario).filter(([name]) => name !== '$schema'));
}
