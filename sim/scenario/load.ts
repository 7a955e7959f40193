/** Reads a scenario file: a module with a default export, or JSON. Knows nothing of what a scenario may say. */
import { readFile, stat } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BadInput } from './bad-input.ts';
import { show } from './show.ts';

const MODULE_KINDS = ['.ts', '.mts', '.js', '.mjs'];

/**
 * The plain object a scenario file holds.
 * @param file path, relative to the working directory or absolute
 * @throws BadInput when there is no such file or it holds no scenario
 */
export async function loadScenario(file: string): Promise<unknown> {
  const path = resolve(file);
  const found = await stat(path).catch(() => null);
  if (!found)
    throw new BadInput(
      `${file} is no file; the path of a scenario such as scenarios/ring-64.ts would be right`,
    );
  if (found.isDirectory())
    throw new BadInput(
      `${file} is a folder; the path of a scenario file in it, such as ring-64.ts, would be right`,
    );
  const kind = extname(path);
  if (kind === '.json') return readJson(file, path);
  if (MODULE_KINDS.includes(kind)) return readModule(file, path);
  throw new BadInput(
    `${file} ends in ${show(kind)}; a .ts, .js, .mjs or .json file would be right`,
  );
}

async function readJson(file: string, path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8');
  if (text.trim() === '')
    throw new BadInput(`${file} is empty; a JSON object with the scenario in it would be right`);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new BadInput(
      `${file} is no JSON (${firstLine(error)}); a JSON object with the scenario in it would be right`,
    );
  }
}

async function readModule(file: string, path: string): Promise<unknown> {
  const right = 'a module with `export default defineScenario({ ... })` would be right';
  if ((await readFile(path, 'utf8')).trim() === '')
    throw new BadInput(`${file} is empty; ${right}`);
  let loaded: Record<string, unknown>;
  try {
    loaded = (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  } catch (error) {
    throw new BadInput(`${file} cannot be loaded (${firstLine(error)}); ${right}`);
  }
  let scenario = loaded['default'];
  // A file outside any ESM package is loaded as CommonJS, whose exports come wrapped once more.
  if (isWrapped(scenario)) scenario = scenario.default;
  if (scenario === undefined || isEmptyExports(loaded, scenario))
    throw new BadInput(`${file} has no default export; ${right}`);
  return scenario;
}

function isWrapped(value: unknown): value is { default: unknown } {
  return value !== null && typeof value === 'object' && '__esModule' in value;
}

/** CommonJS without a default export shows as `default: {}`. */
function isEmptyExports(loaded: object, value: unknown): boolean {
  if (value === null || typeof value !== 'object') return false;
  return '__esModule' in loaded && Object.keys(value).length === 0;
}

/** What went wrong, on one line: a syntax error's message goes over several, with the place in it. */
function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const lines = message.split('\n').map((line) => line.trim());
  const place = lines.find((line) => /:\d+:\d+: (ERROR|error)/.test(line));
  if (!place) return lines[0].replace(/[.;]$/, '');
  const found = /:(\d+):(\d+): (?:ERROR|error): (.*)$/.exec(place);
  return found ? `line ${found[1]}: ${found[3]}` : place;
}
