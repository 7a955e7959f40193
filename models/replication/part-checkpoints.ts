/**
 * Checkpoints that several nodes save a part of each (PROTOCOLS C): a node that has saved its part says so to one that
 * counts them, and that one writes the index once all parts of a version are there.
 */
import type { World } from '../../engine/world.ts';
import type { ParameterRange } from '../spec/model.ts';
import { NOTES } from '../spec/notes.ts';
import {
  CHECKPOINT_INDEX,
  type CheckpointName,
  checkpointPart,
  CheckpointTally,
  saveIndex,
} from './checkpoints.ts';

export class PartCheckpoints {
  private readonly world: World;
  /** Parts that this node is saving, by name. */
  private readonly saving = new Map<string, CheckpointName>();
  /** At the node that counts: the parts of one epoch. */
  private counted: { readonly epoch: number; readonly tally: CheckpointTally } | null = null;
  /** Versions whose index is on its way, oldest first. */
  private readonly indexing: number[] = [];

  constructor(world: World) {
    this.world = world;
  }

  /** Saves this node's part [low, high), as plain data that nobody changes any more. */
  save(of: CheckpointName, { low, high }: ParameterRange, value: object, bytes: number): void {
    const name = checkpointPart(of, low, high);
    this.saving.set(name, of);
    this.world.save(name, value, bytes);
  }

  /**
   * A write has ended: the checkpoint that the part is of, or null where it was an index. An index that comes too late,
   * since others have gone on, is no checkpoint.
   */
  saved(name: string, isNewest: boolean): CheckpointName | null {
    if (name === CHECKPOINT_INDEX) {
      const version = this.indexing.shift()!;
      if (isNewest) this.world.note(NOTES.checkpoint, version);
      return null;
    }
    const of = this.saving.get(name) ?? null;
    this.saving.delete(name);
    return of;
  }

  /** At the node that counts: that part is saved. With the last of them the index says where all are cut. */
  add({ epoch, version }: CheckpointName, part: number, bounds: readonly number[]): void {
    const tally = new CheckpointTally(bounds.length - 1);
    if (this.counted?.epoch !== epoch) this.counted = { epoch, tally };
    if (!this.counted.tally.add(version, part)) return;
    this.indexing.push(version);
    saveIndex(this.world, { epoch, version, bounds });
  }
}
