/**
 * Writes a folder of results completely or not at all. All files are written into a subfolder first, and then moved
 * to their places at once. So a signal never finds it half done, the folder may be a link or a mount point, and the
 * next run repairs what a killed process left. It removes nothing that the program has not written, and knows nothing
 * of what the files hold.
 */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { BadInput } from '../scenario/bad-input.ts';
import { show } from '../scenario/show.ts';
import { makeFolders, missingFolders, moveFolder, removeEmpty } from './folders.ts';
import { leftNames, ownedName } from './leftovers.ts';
import {
  isDangling,
  sync,
  UNFINISHED,
  writeNewFile,
  type Content,
  type Write,
} from './whole-file.ts';

/** Every file a run may write: a folder with anything else in it is not written to. */
const RESULT_NAMES = [
  'summary.json',
  'scenario.json',
  'nodes.csv',
  'iterations.csv',
  'links.csv',
  'faults.csv',
  'events.csv',
  'blame.csv',
  'critical-path.csv',
  'tasks.csv',
  'messages.csv',
  'trace.json',
  // A page of earlier results says nothing of new ones.
  'report.html',
] as const;

type ResultName = (typeof RESULT_NAMES)[number];

/** Names of files to their content. */
export type ResultFiles = Readonly<Partial<Record<ResultName, Content>>>;

/** Moved first of the new files: until then some earlier files may still be in their places. */
const FIRST: ResultName = 'summary.json';
/** Subfolder for the earlier files while the new ones are moved. It exists only when all new ones are complete. */
const FORMER = '.ringtmp-old-';
/** Files that file systems and desktops create by themselves. */
const HARMLESS = ['lost+found', '.DS_Store'];

export class ResultFolder {
  readonly given: string;
  private readonly path: string;
  /** The files of earlier results, with a state that tells whether they are still the same. */
  private readonly earlier: ReadonlyMap<string, string>;

  /**
   * Checks, before anything runs, that results can be written there.
   * @throws BadInput when the path is a file, a folder with other things in it, or cannot be written to
   */
  constructor(folder: string) {
    this.given = folder;
    this.path = resolve(folder);
    if (isDangling(this.path))
      throw new BadInput(
        `--out is ${show(folder)}, a link that leads nowhere; a folder for the results would be right`,
      );
    if (existsSync(this.path) && !statSync(this.path).isDirectory())
      throw new BadInput(
        `--out is ${show(folder)}, a file; a folder for the results would be right`,
      );
    const foreign = existsSync(this.path) ? readdirSync(this.path).find(isForeign) : undefined;
    if (foreign !== undefined)
      throw new BadInput(
        `--out is ${show(folder)}, a folder that holds ${show(foreign)}; ` +
          'a new folder or one with earlier results would be right',
      );
    tryFolder(folder);
    this.earlier = this.present();
  }

  /**
   * Replaces the earlier results by the files. If other files of the same names have appeared since, writes into
   * another folder beside it instead.
   * @returns the folder that holds them
   * @throws the file system's error, with nothing changed
   */
  write(files: ResultFiles, write?: Write): string {
    const missing = missingFolders(this.path);
    const fresh = join(this.path, ownedName(UNFINISHED));
    try {
      makeFolders(missing);
      tidy(this.path);
      rmSync(fresh, { recursive: true, force: true });
      mkdirSync(fresh);
      for (const [name, content] of Object.entries(files))
        writeNewFile(join(fresh, name), content, write);
      sync(fresh);
      if (this.isTaken(files)) return moveBeside(fresh, this.given);
      const former = join(this.path, ownedName(FORMER));
      takePlaces(this.path, fresh, former, this.known());
      return this.given;
    } catch (error) {
      rmSync(fresh, { recursive: true, force: true });
      removeEmpty(missing);
      throw error;
    }
  }

  /** The present result files, with a state that tells whether they are still the same. */
  private present(): Map<string, string> {
    const found = new Map<string, string>();
    if (!existsSync(this.path)) return found;
    for (const name of readdirSync(this.path)) {
      if (!isResult(name)) continue;
      const at = lstatSync(join(this.path, name), { bigint: true, throwIfNoEntry: false });
      if (at?.isFile()) found.set(name, `${at.ino} ${at.size} ${at.mtimeNs}`);
    }
    return found;
  }

  /** The earlier results that are unchanged. */
  private known(): string[] {
    return [...this.present()]
      .filter(([name, state]) => this.earlier.get(name) === state)
      .map(([name]) => name);
  }

  /** Whether a foreign file stands where a result must go. */
  private isTaken(files: ResultFiles): boolean {
    const known = this.known();
    return Object.keys(files).some(
      (name) => !known.includes(name) && existsSync(join(this.path, name)),
    );
  }
}

function isResult(name: string): boolean {
  return (RESULT_NAMES as readonly string[]).includes(name);
}

function isForeign(name: string): boolean {
  const isUnfinished = name.startsWith(UNFINISHED) || name.startsWith(FORMER);
  return !isResult(name) && !isUnfinished && !HARMLESS.includes(name);
}

/**
 * Makes sure that a folder is there or can be made and files can be written into it, and leaves all as it was. It is
 * tried: what a file system permits is known to it alone.
 * @throws BadInput when that is not so
 */
export function tryFolder(folder: string): void {
  const path = resolve(folder);
  const missing = missingFolders(path);
  const trial = join(path, ownedName(UNFINISHED));
  try {
    makeFolders(missing);
    tidy(path);
    writeNewFile(trial, '\n');
  } catch (error) {
    const above = missing.length > 0 ? dirname(missing[missing.length - 1]) : path;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new BadInput(
      `--out is ${show(folder)}, but ${above} cannot be written to (${code ?? message}); ` +
        'a folder that can would be right',
    );
  } finally {
    if (existsSync(path)) rmSync(trial, { force: true });
    removeEmpty(missing);
  }
}

/** Moves whole results to the first free name after the folder's own; that name. */
function moveBeside(fresh: string, folder: string): string {
  for (let number = 2; ; number++) {
    const beside = `${resolve(folder)}-${number}`;
    if (existsSync(beside)) continue;
    moveFolder(fresh, beside);
    return `${folder.replace(/\/+$/, '')}-${number}`;
  }
}

/**
 * Moves the files of `fresh` to the places of the earlier ones, which are removed.
 * @throws the file system's error, with everything where it was
 */
function takePlaces(path: string, fresh: string, former: string, earlier: string[]): void {
  const moved: [from: string, to: string][] = [];
  const move = (from: string, to: string): void => {
    renameSync(from, to);
    moved.push([from, to]);
  };
  rmSync(former, { recursive: true, force: true });
  mkdirSync(former);
  try {
    for (const name of earlier) move(join(path, name), join(former, name));
    for (const name of firstFirst(readdirSync(fresh))) move(join(fresh, name), join(path, name));
  } catch (error) {
    for (const [from, to] of moved.reverse()) renameSync(to, from);
    rmdirSync(former);
    throw error;
  }
  sync(path);
  rmSync(former, { recursive: true });
  rmdirSync(fresh);
}

function firstFirst(names: readonly string[]): string[] {
  return [...names].sort((a, b) => Number(b === FIRST) - Number(a === FIRST));
}

/** Repairs what killed processes left: complete results are moved to their places, others are removed. */
function tidy(path: string): void {
  for (const name of leftNames(path, UNFINISHED)) {
    const fresh = join(path, name);
    const former = join(path, name.replace(UNFINISHED, FORMER));
    if (existsSync(former)) {
      const isEarly = existsSync(join(fresh, FIRST));
      const earlier = isEarly ? readdirSync(path).filter(isResult) : [];
      for (const file of earlier) renameSync(join(path, file), join(former, file));
      for (const file of firstFirst(readdirSync(fresh)))
        renameSync(join(fresh, file), join(path, file));
    }
    rmSync(fresh, { recursive: true, force: true });
  }
  for (const name of leftNames(path, FORMER))
    rmSync(join(path, name), { recursive: true, force: true });
}
