/**
 * The results of a study as they come, a line a run. A line is written by one call, so that a killed process leaves
 * at most one torn line, the last, which is cut off when the journal is opened again. It knows nothing of studies.
 */
import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { BadInput } from '../scenario/bad-input.ts';
import { type Write, writeAll } from '../output/whole-file.ts';
import type { RunOutcome } from '../../reports/studies/run-outcome.ts';

const FIRST = 'runs';
const LAST = '.jsonl';

/** The journal of one shard, or of all; several shards may share a folder. */
export function journalName(shard: string | null): string {
  return `${FIRST}${shard === null ? '' : `-${shard.replace('/', '-of-')}`}${LAST}`;
}

export class Journal {
  private readonly path: string;
  private readonly file: number;
  private readonly write: Write;

  /** Opens it for more lines. `resume` keeps those that are there; else it begins empty. */
  constructor(path: string, resume: boolean, write: Write = writeSync) {
    this.path = path;
    this.write = write;
    this.file = openSync(path, resume ? 'a' : 'w');
    if (resume) ftruncateSync(this.file, wholeLines(readFileSync(path)));
  }

  /** @throws BadInput when the disk takes no more */
  add(outcome: RunOutcome): void {
    try {
      writeAll(this.file, `${JSON.stringify(outcome)}\n`, this.write);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw new BadInput(
        `${this.path} cannot be written (${code ?? message}); what is in it is kept, and with room on the disk --resume would be right`,
      );
    }
  }

  close(): void {
    fsyncSync(this.file);
    closeSync(this.file);
  }
}

/** Bytes up to the end of the last whole line. */
function wholeLines(bytes: Uint8Array): number {
  return bytes.lastIndexOf(10) + 1;
}

/**
 * All outcomes in the journals of a folder, by key.
 * @throws BadInput for a line that is no outcome
 */
export function readJournals(folder: string): Map<string, RunOutcome> {
  const found = new Map<string, RunOutcome>();
  const names = readdirSync(folder).filter(isJournal).sort();
  for (const name of names) {
    const bytes = readFileSync(join(folder, name));
    const lines = bytes.subarray(0, wholeLines(bytes)).toString().split('\n').slice(0, -1);
    for (const [at, line] of lines.entries()) {
      const outcome = parse(line);
      if (outcome === null)
        throw new BadInput(
          `${join(folder, name)}:${at + 1} is no result of a run; the file as it was written, or another --out, would be right`,
        );
      found.set(outcome.key, outcome);
    }
  }
  return found;
}

export function isJournal(name: string): boolean {
  return name.startsWith(FIRST) && name.endsWith(LAST);
}

function parse(line: string): RunOutcome | null {
  try {
    const outcome = JSON.parse(line) as RunOutcome;
    return typeof outcome.key === 'string' ? outcome : null;
  } catch {
    return null;
  }
}
