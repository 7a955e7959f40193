/**
 * Files that are written completely or not at all: the content is on the disk before the file gets its name. Node's
 * `writeSync` may write only a part and return its length, which is easily overlooked; a full disk begins that way.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ownedName, removeLeft } from './leftovers.ts';

/** A text or bytes, or the pieces of a text. */
export type Content = string | Uint8Array | Iterable<string>;
/** Writes the bytes from an offset on, and returns how many of them it has written. */
export type Write = (file: number, bytes: Uint8Array, offset: number) => number;

/** The prefix of all unfinished files and folders. */
export const UNFINISHED = '.ringtmp-new-';

/**
 * Writes all of a text, or of bytes, to an open file.
 * @throws the file system's error when it takes no more
 */
export function writeAll(file: number, text: string | Uint8Array, write: Write = writeSync): void {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  for (let done = 0; done < bytes.length;) {
    const count = write(file, bytes, done);
    if (count <= 0) throw new Error(`only ${done} of ${bytes.length} bytes could be written`);
    done += count;
  }
}

/**
 * Makes a new file that is on the disk when this returns.
 * @throws the file system's error; a part of the file may be there then
 */
export function writeNewFile(path: string, content: Content, write?: Write): void {
  const file = openSync(path, 'wx');
  try {
    const isWhole = typeof content === 'string' || content instanceof Uint8Array;
    for (const piece of isWhole ? [content] : content) writeAll(file, piece, write);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Puts a file, or the names in a folder, on the disk, where the file system can do that. */
export function sync(path: string): void {
  try {
    const opened = openSync(path, 'r');
    try {
      fsyncSync(opened);
    } finally {
      closeSync(opened);
    }
  } catch {
    // Some file systems do not support this.
  }
}

/**
 * Checks that a file of that name can be written, and changes nothing.
 * @throws the file system's error
 */
export function tryFile(path: string): void {
  if (isDangling(path)) throw new Error('a link that leads nowhere');
  if (isSpecial(path)) return;
  if (existsSync(path) && statSync(path).isDirectory()) throw new Error('a folder');
  const fresh = freshName(path);
  try {
    writeNewFile(fresh, '\n');
  } finally {
    rmSync(fresh, { force: true });
  }
}

/**
 * Replaces a file, completely or not at all. A device or a pipe is written into.
 * @throws the file system's error, with nothing changed
 */
export function replaceFile(path: string, text: string | Uint8Array, write?: Write): void {
  if (isSpecial(path)) {
    const file = openSync(path, 'w');
    try {
      writeAll(file, text, write);
    } finally {
      closeSync(file);
    }
    return;
  }
  const fresh = freshName(path);
  try {
    writeNewFile(fresh, text, write);
    renameSync(fresh, existsSync(path) ? realpathSync(path) : path);
    sync(dirname(fresh));
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
}

/** Whether it is a link to nothing. */
export function isDangling(path: string): boolean {
  if (existsSync(path)) return false;
  try {
    readlinkSync(path);
    return true;
  } catch {
    return false;
  }
}

/** Whether it is neither a file nor a folder: such things cannot be replaced. */
function isSpecial(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && !found.isFile() && !found.isDirectory();
}

/** A new name beside the file itself, following links. */
function freshName(path: string): string {
  const folder = dirname(existsSync(path) ? realpathSync(path) : resolve(path));
  removeLeft(folder, UNFINISHED);
  const fresh = join(folder, ownedName(UNFINISHED));
  rmSync(fresh, { force: true });
  return fresh;
}
