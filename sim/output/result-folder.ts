/**
 * Writes a folder of results whole or not at all: into a hidden folder beside it, which then takes its name. All
 * of it happens in one go without a pause, so that a signal never finds it half done; what a killed process left
 * beside is put in order by the next run. Knows nothing of what the files hold.
 */
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { BadInput } from '../scenario/bad-input.ts';
import { show } from '../scenario/show.ts';

/** Names of files to their content, whole or in pieces. */
export type ResultFiles = Readonly<Record<string, string | Iterable<string>>>;

/** Every file a run may leave: a folder with anything else in it is not ours to replace. */
const OURS = new Set([
  'summary.json',
  'scenario.json',
  'nodes.csv',
  'iterations.csv',
  'links.csv',
  'faults.csv',
  'events.csv',
  'trace.json',
]);

/**
 * Makes sure, before anything runs, that results can be written there.
 * @throws BadInput when the path is a file, a folder with other things in it, or out of reach
 */
export function checkResultFolder(folder: string): void {
  const path = resolve(folder);
  const found = existsSync(path) ? statSync(path) : null;
  if (found && !found.isDirectory())
    throw new BadInput(`--out is ${show(folder)}, a file; a folder for the results would be right`);
  const foreign = found ? readdirSync(path).find((name) => !OURS.has(name)) : undefined;
  if (foreign !== undefined)
    throw new BadInput(
      `--out is ${show(folder)}, a folder that holds ${show(foreign)}; ` +
        'a new folder or one with earlier results would be right',
    );
  let above = dirname(path);
  while (!existsSync(above)) above = dirname(above);
  try {
    if (!statSync(above).isDirectory()) throw new Error('not a folder');
    accessSync(above, constants.W_OK | constants.X_OK);
  } catch {
    throw new BadInput(
      `--out is ${show(folder)}, but ${above} cannot be written to; a folder that can would be right`,
    );
  }
}

/** Hidden names beside the folder; the process id tells which of them are still being written. */
function hidden(path: string, use: 'new' | 'old', process: number | string): string {
  return join(dirname(path), `.${basename(path)}.${use}-${process}`);
}

/**
 * Writes the files as the folder of that name; earlier results there are replaced.
 * @throws the file system's error, with nothing changed
 */
export function writeResultFolder(folder: string, files: ResultFiles): void {
  const path = resolve(folder);
  mkdirSync(dirname(path), { recursive: true });
  tidy(path);
  const fresh = hidden(path, 'new', process.pid);
  const former = hidden(path, 'old', process.pid);
  try {
    mkdirSync(fresh);
    for (const [name, content] of Object.entries(files)) writeFile(join(fresh, name), content);
    if (existsSync(path)) renameSync(path, former);
    renameSync(fresh, path);
  } catch (error) {
    if (existsSync(former) && !existsSync(path)) renameSync(former, path);
    rmSync(fresh, { recursive: true, force: true });
    throw error;
  }
  rmSync(former, { recursive: true, force: true });
}

function writeFile(path: string, content: string | Iterable<string>): void {
  const file = openSync(path, 'wx');
  try {
    for (const piece of typeof content === 'string' ? [content] : content) writeSync(file, piece);
  } finally {
    closeSync(file);
  }
}

/** Removes what killed processes left beside the folder, and brings back results they had moved aside. */
function tidy(path: string): void {
  const prefix = `.${basename(path)}.`;
  for (const name of readdirSync(dirname(path))) {
    const left = name.startsWith(prefix)
      ? /^(new|old)-(\d+)$/.exec(name.slice(prefix.length))
      : null;
    if (!left || isAlive(Number(left[2]))) continue;
    const leftover = join(dirname(path), name);
    if (left[1] === 'old' && !existsSync(path)) renameSync(leftover, path);
    else rmSync(leftover, { recursive: true, force: true });
  }
}

function isAlive(processId: number): boolean {
  if (processId === process.pid) return false;
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
