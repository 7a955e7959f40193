/**
 * Checkpoints of a node that holds the whole model (PROTOCOLS C and D): it saves its state as one part and then the
 * index, one checkpoint at a time; a node that has to go back reads the last one.
 */
import type { World } from '../../engine/world.ts';
import { NOTES } from '../spec/notes.ts';
import {
  CHECKPOINT_INDEX,
  type CheckpointIndex,
  type CheckpointName,
  checkpointPart,
  saveIndex,
} from './checkpoints.ts';

/** What a whole state is made of. */
export interface WholeState {
  readonly parameters: number;
  readonly vectorBytes: number;
  readonly optimizerBytes: number;
}

/** `State` is plain data. */
export class CheckpointKeeper<State extends object> {
  /** The epoch of the checkpoint read last: whoever goes on from it must do so in a later one. */
  epoch = 0;
  /** The checkpoint being written, and the newest that waits for it. */
  private writing: CheckpointName | null = null;
  private waiting: { name: CheckpointName; state: State } | null = null;

  constructor(
    private readonly world: World,
    private readonly whole: WholeState,
  ) {}

  /** Saves the state after `version` iterations, as soon as the one before is saved. */
  save(epoch: number, version: number, state: State): void {
    this.waiting = { name: { epoch, version }, state };
    if (this.writing === null) this.write();
  }

  /** A write has ended. An index that came too late, since others have gone on, is no checkpoint. */
  saved(name: string, isNewest: boolean): void {
    if (this.writing === null) return;
    if (name !== CHECKPOINT_INDEX)
      return saveIndex(this.world, { ...this.writing, bounds: [0, this.whole.parameters] });
    if (isNewest) this.world.note(NOTES.checkpoint, this.writing.version);
    this.writing = null;
    this.write();
  }

  /** Asks for the last checkpoint; `loaded` is told. */
  load(): void {
    this.world.load(CHECKPOINT_INDEX);
  }

  /** What has been read: a whole state; 'nothing' where none was ever saved; null while there is more to read. */
  loaded(name: string, value: object | null): State | 'nothing' | null {
    if (name !== CHECKPOINT_INDEX) return value as State;
    if (value === null) return 'nothing';
    const index = value as CheckpointIndex;
    this.epoch = index.epoch;
    this.world.load(checkpointPart(index, 0, this.whole.parameters));
    return null;
  }

  private write(): void {
    if (this.waiting === null) return;
    const { name, state } = this.waiting;
    const { vectorBytes, optimizerBytes, parameters } = this.whole;
    this.writing = name;
    this.waiting = null;
    this.world.save(checkpointPart(name, 0, parameters), state, vectorBytes + optimizerBytes);
  }
}
