/** The checkpoints of a run as a server of one shard has to do with them: its part of each, which the first shard counts. */
import type { NodeId, World } from '../../../../engine/world.ts';
import {
  type CheckpointName,
  checkpointPart,
  savesCheckpoint,
} from '../../../replication/checkpoints.ts';
import { PartCheckpoints } from '../../../replication/part-checkpoints.ts';
import type { ParameterRange } from '../../../spec/model.ts';
import { type ServerMessage, SMALL_BYTES } from '../messages.ts';
import type { CommitNotice } from '../shard/shard-log.ts';
import type { ShardServerSettings } from './consistency.ts';

export class ShardCheckpoints {
  private readonly world: World<ServerMessage>;
  private readonly settings: ShardServerSettings;
  /** Its place among all shards, one after another: parts are called by it. */
  private readonly range: ParameterRange;
  private readonly stateBytes: number;
  private readonly parts: PartCheckpoints;

  constructor(world: World<ServerMessage>, settings: ShardServerSettings, stateBytes: number) {
    const { layout, shard, parameters } = settings;
    this.world = world;
    this.settings = settings;
    const bounds = layout.boundsOf(parameters);
    this.range = { low: bounds[shard], high: bounds[shard + 1] };
    this.stateBytes = stateBytes;
    this.parts = new PartCheckpoints(world);
  }

  /** Whether the state after so many iterations is to be saved. */
  areDue(version: number): boolean {
    const { checkpoint, training } = this.settings;
    return savesCheckpoint(checkpoint, training.iterations, version);
  }

  /** Saves the state of an iteration that is committed in that view. */
  save({ note, state }: CommitNotice, epoch: number): void {
    const name = { epoch, version: note.iteration + 1 };
    this.parts.save(name, this.range, state!, this.stateBytes);
  }

  /** A write has ended: the checkpoint that the part is of; null where it was an index. */
  saved(name: string, isNewest: boolean): CheckpointName | null {
    return this.parts.saved(name, isNewest);
  }

  /** Tells the server that leads the first shard of a part that is saved. */
  tell(part: CheckpointName, first: NodeId): void {
    const { shard } = this.settings;
    const { epoch, version } = part;
    if (first === this.world.self) this.count(part, shard);
    else this.world.send(first, { kind: 'part-saved', epoch, shard, version }, SMALL_BYTES);
  }

  /** At the first shard. */
  count(part: CheckpointName, shard: number): void {
    const { layout, parameters } = this.settings;
    this.parts.add(part, shard, layout.boundsOf(parameters));
  }

  load({ epoch, version }: CheckpointName): void {
    const { low, high } = this.range;
    this.world.load(checkpointPart({ epoch, version }, low, high));
  }
}
