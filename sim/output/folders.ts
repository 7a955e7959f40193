/** Folders on the disk: made, moved and removed without a trace of what did not work. */
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ownedName } from './leftovers.ts';
import { sync, UNFINISHED } from './whole-file.ts';

/** The folders of a path that do not exist, innermost first. */
export function missingFolders(path: string): string[] {
  const missing: string[] = [];
  for (let at = path; !existsSync(at); at = dirname(at)) missing.push(at);
  return missing;
}

/** Makes them, outermost first, one by one: Node's own recursive way never ends under /proc. */
export function makeFolders(missing: readonly string[]): void {
  for (const folder of [...missing].reverse()) if (!existsSync(folder)) mkdirSync(folder);
}

/** Removes those of the folders that are empty. */
export function removeEmpty(folders: readonly string[]): void {
  for (const folder of folders) {
    try {
      rmdirSync(folder);
    } catch {
      // It was never made, or something has been put into it.
    }
  }
}

/** Moves a folder of files completely or not at all, also to another file system, as beside a mount point. */
export function moveFolder(from: string, to: string): void {
  const copy = join(dirname(to), ownedName(UNFINISHED));
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    try {
      cpSync(from, copy, { recursive: true });
      for (const name of readdirSync(copy)) sync(join(copy, name));
      renameSync(copy, to);
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
    rmSync(from, { recursive: true });
  }
}
