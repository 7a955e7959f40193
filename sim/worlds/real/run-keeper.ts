/**
 * What a real run keeps in a folder, so that it can go on after all of its processes were killed at once: the storage and
 * the disks of its nodes, the iterations that were made, and how far clock and accounts had come. Each file is whole at
 * any instant, but for the last line of the journal.
 */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import type { Observer } from '../../../engine/observer.ts';
import type { NodeId, NoteValue } from '../../../engine/world.ts';
import { hasEnded } from '../../../models/membership/record.ts';
import { CHECKPOINT_INDEX } from '../../../models/replication/checkpoints.ts';
import { NOTES } from '../../../models/spec/notes.ts';
import { FileDisk } from '../file-disk.ts';
import { FileStorage } from '../file-storage.ts';
import type { BoardRow } from './board-row.ts';

/** How far a run has come. */
export interface RunState {
  readonly timeNs: number;
  /** One a node. */
  readonly rows: readonly BoardRow[];
  readonly incarnations: readonly number[];
}

/** A note of an iteration that was made. */
export interface KeptNote {
  readonly node: NodeId;
  readonly timeNs: number;
  readonly value: NoteValue;
}

export class RunKeeper implements Observer {
  readonly folder: string;
  /** What the nodes go on from; null at the beginning of a run. */
  readonly state: RunState | null;
  readonly notes: readonly KeptNote[];

  private constructor(folder: string, state: RunState | null, notes: readonly KeptNote[]) {
    this.folder = folder;
    this.state = state;
    this.notes = notes;
  }

  /** For a run from the beginning; nothing of another one is left there. */
  static begin(folder: string): RunKeeper {
    for (const name of ['storage', 'disks', 'journal', 'state'])
      rmSync(join(folder, name), { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    return new RunKeeper(folder, null, []);
  }

  /** For a run that was killed. Without a whole checkpoint, or with all work done, it begins again. */
  static goOn(folder: string): RunKeeper {
    const state = readState(join(folder, 'state'));
    if (state === null) return RunKeeper.begin(folder);
    const index = new FileStorage(join(folder, 'storage'), 'reader').load(CHECKPOINT_INDEX);
    const disks = state.rows.map((_, node) => new FileDisk(join(folder, 'disks'), node).read());
    if (index === null || disks.some((record) => hasEnded(record))) return RunKeeper.begin(folder);
    return new RunKeeper(folder, state, readNotes(join(folder, 'journal')));
  }

  /** All nodes have lost their memories, and this is an incarnation that none of them has been in. */
  get firstIncarnation(): number {
    // A node may have come back once since that was written.
    return this.state === null ? 0 : Math.max(...this.state.incarnations) + 2;
  }

  noted(node: NodeId, timeNs: number, name: string, value: NoteValue): void {
    if (name !== NOTES.iteration) return;
    const note: KeptNote = { node, timeNs, value };
    appendFileSync(join(this.folder, 'journal'), `${JSON.stringify(note)}\n`);
  }

  save(state: RunState): void {
    const unfinished = join(this.folder, '.state');
    writeFileSync(unfinished, serialize(state));
    renameSync(unfinished, join(this.folder, 'state'));
  }

  /** Whether there is something to go on from. */
  get isKept(): boolean {
    return existsSync(join(this.folder, 'state'));
  }

  /** The run is over: nothing is to go on. */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

function readState(file: string): RunState | null {
  try {
    return deserialize(readFileSync(file)) as RunState;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** What was being written when the run was killed is no line. */
function readNotes(file: string): KeptNote[] {
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as KeptNote);
}
