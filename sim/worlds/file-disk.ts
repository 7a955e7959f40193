/**
 * A host's disk in a real world: one file, replaced completely. The record is written to a new file and flushed
 * before that replaces the old one, so that a node that is ended meanwhile leaves the old record or the new one.
 */
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { plainCopy } from '../../engine/storage/plain-copy.ts';
import type { NodeId } from '../../engine/world.ts';
import type { NodeDisk } from './board-disk.ts';

export class FileDisk implements NodeDisk {
  private readonly folder: string;
  private readonly file: string;
  private readonly unfinished: string;

  /** @param folder of all disks of a run, created if missing */
  constructor(folder: string, node: NodeId) {
    mkdirSync(folder, { recursive: true });
    this.folder = folder;
    this.file = join(folder, `${node}`);
    this.unfinished = join(folder, `.${node}`);
  }

  /** The record; null on a new or lost disk. */
  read(): object | null {
    try {
      return plainCopy(deserialize(readFileSync(this.file)) as object);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  /** Replaces the record; it is durable when this returns. */
  write(record: object): true {
    writeFileSync(this.unfinished, serialize(record), { flush: true });
    renameSync(this.unfinished, this.file);
    const folder = openSync(this.folder, 'r');
    fsyncSync(folder);
    closeSync(folder);
    return true;
  }

  /** The disk is lost with its record. */
  lose(): void {
    rmSync(this.file, { force: true });
  }
}
