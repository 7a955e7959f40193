/** The folder of a study: its journals while it runs, and its tables when it is done. */
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeFolders, missingFolders } from '../output/folders.ts';
import { ownedName, removeLeft } from '../output/leftovers.ts';
import { tryFolder } from '../output/result-folder.ts';
import { replaceFile, writeNewFile } from '../output/whole-file.ts';
import { BadInput } from '../scenario/bad-input.ts';
import { show } from '../scenario/show.ts';
import { isJournal, Journal, journalName, readJournals } from './journal.ts';
import type { RunOutcome, StudyRun } from '../../reports/studies/run-outcome.ts';
import type { ResolvedStudyInfo } from '../../reports/studies/study-info.ts';

const FILES = ['study.json', 'results.csv', 'results.parquet', 'report.html'] as const;
type FileName = (typeof FILES)[number];

/** The content of `study.json`. */
export interface StudyFile {
  readonly program: string;
  readonly node: string;
  readonly study: ResolvedStudyInfo;
  /** Runs of the whole study. */
  readonly runs: number;
  /** Those that are done, in the order of the study. */
  readonly points: readonly {
    readonly key: string;
    readonly cells: StudyRun['cells'];
    readonly seed: number;
  }[];
}

/** A file of that name is there while a process writes to a journal. */
const BUSY = '.ringtmp-study-';
const HIDDEN = '.ringtmp-';

export class StudyFolder {
  readonly given: string;
  private readonly path: string;
  private busy: string | null = null;

  /** @throws BadInput when it is no folder of a study, or cannot be written to */
  constructor(folder: string) {
    this.given = folder;
    this.path = resolve(folder);
    if (existsSync(this.path) && !statSync(this.path).isDirectory())
      throw new BadInput(
        `--out is ${show(folder)}, a file; a folder for the results would be right`,
      );
    const foreign = existsSync(this.path) ? readdirSync(this.path).find(isForeign) : undefined;
    if (foreign !== undefined)
      throw new BadInput(
        `--out is ${show(folder)}, a folder that holds ${show(foreign)}; a new folder or one of an earlier study would be right`,
      );
    tryFolder(folder);
  }

  /** The results that are there, by the key of their run. */
  outcomes(): Map<string, RunOutcome> {
    return existsSync(this.path) ? readJournals(this.path) : new Map<string, RunOutcome>();
  }

  /**
   * Opens the journal of a shard for this process alone; without `resume` it begins anew.
   * @throws BadInput while another process writes to it
   */
  open(shard: string | null, resume: boolean): Journal {
    makeFolders(missingFolders(this.path));
    const mark = `${BUSY}${journalName(shard)}-`;
    removeLeft(this.path, mark);
    const other = readdirSync(this.path).find((name) => name.startsWith(mark));
    if (other !== undefined)
      throw new BadInput(
        `${this.given} is being written by another process (${other}); waiting for it, or another --out, would be right`,
      );
    this.busy = join(this.path, ownedName(mark));
    writeNewFile(this.busy, '\n');
    if (!resume && shard === null)
      for (const name of readdirSync(this.path).filter(isJournal)) rmSync(join(this.path, name));
    return new Journal(join(this.path, journalName(shard)), resume);
  }

  close(): void {
    if (this.busy !== null) rmSync(this.busy, { force: true });
    this.busy = null;
  }

  /** Replaces a file, whole or not at all. */
  put(name: FileName, content: string | Uint8Array): void {
    replaceFile(join(this.path, name), content);
  }
}

function isForeign(name: string): boolean {
  return (
    !(FILES as readonly string[]).includes(name) && !isJournal(name) && !name.startsWith(HIDDEN)
  );
}
