/**
 * Storage that outlives the threads of a run: real files, one a name, written whole or not at all. A thread that is
 * ended while it writes leaves a file under another name, which nobody reads.
 */
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { plainCopy } from '../../engine/plain-copy.ts';

/** A fresh folder for the storage of one run; whoever makes it removes it. */
export function makeStorageFolder(): string {
  return mkdtempSync(join(tmpdir(), 'ringtmp-storage-'));
}

export function removeStorageFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

export class ThreadStorage {
  private readonly folder: string;
  /** Tells the unfinished files of two writers apart. */
  private readonly writer: string;

  constructor(folder: string, writer: string) {
    this.folder = folder;
    this.writer = writer;
  }

  /** Writes plain data under that name, in place of what was there. */
  save(name: string, value: object): void {
    const unfinished = join(this.folder, `.${this.writer}`);
    writeFileSync(unfinished, serialize(plainCopy(value, `save: '${name}'`)));
    renameSync(unfinished, this.pathOf(name));
  }

  /** What is there under that name; null if nothing is. */
  load(name: string): object | null {
    const path = this.pathOf(name);
    return existsSync(path) ? plainCopy(deserialize(readFileSync(path)) as object) : null;
  }

  private pathOf(name: string): string {
    return join(this.folder, `${encodeURIComponent(name)}.value`);
  }
}
