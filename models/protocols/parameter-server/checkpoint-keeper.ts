/**
 * A server's checkpoints (PROTOCOLS C and D): the head saves the whole state as one part and then the index, one
 * checkpoint at a time; a server that comes back to a dead chain reads the last one.
 */
import type { World } from '../../../engine/world.ts';
import { NOTES } from '../../notes.ts';
import {
  CHECKPOINT_INDEX,
  type CheckpointIndex,
  checkpointPart,
  indexBytes,
} from '../../recovery/checkpoints.ts';
import type { ParameterServerCosts } from './costs.ts';
import type { ReplicaState } from './replica.ts';

export class CheckpointKeeper {
  /** The checkpoint being written, and the newest that waits for it. */
  private writing: number | null = null;
  private waiting: { version: number; state: ReplicaState } | null = null;

  constructor(
    private readonly world: World,
    private readonly costs: ParameterServerCosts,
  ) {}

  /** Saves the state after `version` iterations, as soon as the one before is saved. */
  save(version: number, state: ReplicaState): void {
    this.waiting = { version, state };
    if (this.writing === null) this.write();
  }

  saved(name: string): void {
    if (this.writing === null) return;
    const version = this.writing;
    if (name === CHECKPOINT_INDEX) {
      this.world.note(NOTES.checkpoint, version);
      this.writing = null;
      this.write();
    } else {
      const index: CheckpointIndex = { version, bounds: [0, this.costs.parameters] };
      this.world.save(CHECKPOINT_INDEX, index, indexBytes(index));
    }
  }

  /** Asks for the last checkpoint; `loaded` is told. */
  load(): void {
    this.world.load(CHECKPOINT_INDEX);
  }

  /** What has been read: a whole state; 'nothing' where none was ever saved; null while there is more to read. */
  loaded(name: string, value: object | null): ReplicaState | 'nothing' | null {
    if (name !== CHECKPOINT_INDEX) return value as ReplicaState;
    if (value === null) return 'nothing';
    const { version } = value as CheckpointIndex;
    this.world.load(checkpointPart(version, 0, this.costs.parameters));
    return null;
  }

  private write(): void {
    if (this.waiting === null) return;
    const { version, state } = this.waiting;
    const { vectorBytes, optimizerBytes, parameters } = this.costs;
    this.writing = version;
    this.waiting = null;
    this.world.save(checkpointPart(version, 0, parameters), state, vectorBytes + optimizerBytes);
  }
}
