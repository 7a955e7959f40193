/**
 * Checkpoints of a sharded state (PROTOCOLS C and D): each shard's primary saves its part, and that of the first shard
 * writes the index once all parts of a version are there.
 */
import type { World } from '../../../../engine/world.ts';
import {
  CHECKPOINT_INDEX,
  type CheckpointIndex,
  type CheckpointName,
  CheckpointTally,
  checkpointPart,
  saveIndex,
} from '../../../replication/checkpoints.ts';
import { NOTES } from '../../../spec/notes.ts';
import type { ParameterRange } from '../../../spec/model.ts';
import type { ShardSnapshot } from '../shard/shard-state.ts';

export class ShardCheckpoints {
  private readonly world: World;
  private readonly range: ParameterRange;
  /** Where the shards are cut. */
  private readonly bounds: readonly number[];
  /** Parts that this node is saving, by name. */
  private readonly saving = new Map<string, CheckpointName>();
  /** At the first shard: the epoch of the parts that are counted. */
  private epoch = -1;
  private tally: CheckpointTally;
  private readonly indices: number[] = [];

  constructor(world: World, range: ParameterRange, bounds: readonly number[]) {
    this.world = world;
    this.range = range;
    this.bounds = bounds;
    this.tally = new CheckpointTally(bounds.length - 1);
  }

  save(name: CheckpointName, state: ShardSnapshot, bytes: number): void {
    const part = this.partOf(name);
    this.saving.set(part, name);
    this.world.save(part, state, bytes);
  }

  /** A write has ended. The checkpoint that a part saved by this node is of; null where the write was of an index. */
  saved(name: string, isNewest: boolean): CheckpointName | null {
    if (name === CHECKPOINT_INDEX) {
      const version = this.indices.shift()!;
      if (isNewest) this.world.note(NOTES.checkpoint, version);
      return null;
    }
    const saved = this.saving.get(name) ?? null;
    this.saving.delete(name);
    return saved;
  }

  /** At the first shard: a part is saved. Once all of its version are, an index says so. */
  add({ epoch, version }: CheckpointName, shard: number): void {
    if (epoch !== this.epoch) this.tally = new CheckpointTally(this.bounds.length - 1);
    this.epoch = epoch;
    if (!this.tally.add(version, shard)) return;
    this.indices.push(version);
    saveIndex(this.world, { epoch, version, bounds: this.bounds });
  }

  load(index: CheckpointIndex): void {
    this.world.load(this.partOf(index));
  }

  private partOf(name: CheckpointName): string {
    return checkpointPart(name, this.range.low, this.range.high);
  }
}
