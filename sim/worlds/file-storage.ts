/**
 * Storage that outlives the nodes of a run: real files, written completely or not at all. A node that is ended while
 * it writes leaves a file under another name, which is never read. Each name is a folder with a file a stamp, of
 * which the latest counts: so no node has to compare and replace atomically.
 */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { plainCopy } from '../../engine/storage/plain-copy.ts';
import type { Stamp } from '../../engine/world.ts';
import { ownedName, removeLeft } from '../output/leftovers.ts';

const PREFIX = 'ringtmp-storage-';

/** Folders in use, removed when the process exits. */
const folders = new Set<string>();
process.on('exit', () => folders.forEach(removeStorageFolder));

/** Makes a folder for the storage of one run; the caller removes it. Folders of killed processes are removed now. */
export function makeStorageFolder(): string {
  const parent = resolve(tmpdir());
  removeLeft(parent, PREFIX);
  const folder = mkdtempSync(join(parent, `${ownedName(PREFIX)}-`));
  folders.add(folder);
  return folder;
}

/** Nodes may still write into it. */
export function removeStorageFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  folders.delete(folder);
}

export class FileStorage {
  private readonly folder: string;
  /** Distinguishes the unfinished files of two writers. */
  private readonly writer: string;

  constructor(folder: string, writer: string) {
    mkdirSync(folder, { recursive: true });
    this.folder = folder;
    this.writer = writer;
  }

  /** Writes plain data under that name; false if a value with a later stamp is there. */
  save(name: string, value: object, stamp: Stamp): boolean {
    const unfinished = join(this.folder, `.${this.writer}`);
    const file = fileOf(stamp);
    const bytes = serialize(plainCopy(value, `save: '${name}'`));
    writeFileSync(unfinished, bytes, { flush: true });
    mkdirSync(this.folderOf(name), { recursive: true });
    renameSync(unfinished, join(this.folderOf(name), file));
    return this.newest(name) === file;
  }

  /** The value under that name with the latest stamp; null if there is none. */
  load(name: string): object | null {
    const file = this.newest(name);
    if (file === undefined) return null;
    return plainCopy(deserialize(readFileSync(join(this.folderOf(name), file))) as object);
  }

  private newest(name: string): string | undefined {
    mkdirSync(this.folderOf(name), { recursive: true });
    return readdirSync(this.folderOf(name)).sort().at(-1);
  }

  private folderOf(name: string): string {
    return join(this.folder, encodeURIComponent(name));
  }
}

/** File names sort by stamp: all numbers are padded to the same length. */
function fileOf(stamp: Stamp): string {
  return ['value', ...stamp.map((number) => String(number).padStart(STAMP_DIGITS, '0'))].join('-');
}

const STAMP_DIGITS = String(Number.MAX_SAFE_INTEGER).length;
