/**
 * A node's part in the checkpoints of the ring (PROTOCOLS C): it saves what its positions hold, tells position 0, and at
 * position 0 writes the index once every position has saved.
 */
import type { World } from '../../../engine/world.ts';
import { copyState, type SegmentState } from '../../learning/segment-state.ts';
import { NOTES } from '../../spec/notes.ts';
import {
  CHECKPOINT_INDEX,
  checkpointPart,
  CheckpointTally,
  saveIndex,
  savesCheckpoint,
} from '../../replication/checkpoints.ts';
import { parameterCosts } from '../../spec/parameter-costs.ts';
import type { Courier } from '../../pipeline/courier.ts';
import { ACK_BYTES, type CheckpointedMessage, type TrainingMessage } from './messages.ts';
import type { RingView } from './ring-view.ts';
import type { RingWork } from './ring-work.ts';
import type { CheckpointPart } from './recovery/state-transfer.ts';

/** The view that checkpoints are made in. */
interface Site {
  readonly view: RingView;
  readonly courier: Courier<TrainingMessage>;
  readonly tally: CheckpointTally;
}

export class CheckpointDesk {
  private readonly world: World;
  private readonly work: RingWork;
  private site: Site | null = null;
  /** Parts on their way to storage, by name. */
  private readonly saving = new Map<string, { position: number; version: number }>();
  /** Versions whose index is on its way, oldest first. */
  private readonly indexing: number[] = [];

  constructor(world: World, work: RingWork) {
    this.world = world;
    this.work = work;
  }

  /** From now on checkpoints are those of that view; of the view before none is finished any more. */
  enter(view: RingView, courier: Courier<TrainingMessage>): void {
    this.leave();
    this.site = { view, courier, tally: new CheckpointTally(view.nodes.length) };
  }

  leave(): void {
    this.site = null;
    this.saving.clear();
  }

  /** Saves a position's state, if it is one of those to be saved; borrowed. */
  committed(position: number, version: number, state: () => SegmentState | null): void {
    const { checkpoint, training, detector } = this.work.assignment;
    // Where nothing can fail nobody will read one.
    if (this.site === null || detector === null) return;
    if (!savesCheckpoint(checkpoint, training.iterations, version)) return;
    const { bounds, epoch } = this.site.view;
    const name = checkpointPart({ epoch, version }, bounds[position], bounds[position + 1]);
    const borrowed = state();
    const part: CheckpointPart = { state: borrowed === null ? null : copyState(borrowed) };
    this.saving.set(name, { position, version });
    const parameters =
      this.work.parameterBound(bounds[position + 1]) - this.work.parameterBound(bounds[position]);
    this.world.save(name, part, parameterCosts(training).stateBytes * parameters);
  }

  /** Position 0 hears that a part is there. */
  receive({ holder, version }: CheckpointedMessage): void {
    this.tell(holder, version);
  }

  /**
   * A write has ended; true if the name is that of a checkpoint. An index that came too late, since others have gone on,
   * is no checkpoint.
   */
  saved(name: string, isNewest: boolean): boolean {
    if (name === CHECKPOINT_INDEX) {
      const version = this.indexing.shift()!;
      if (isNewest) this.world.note(NOTES.checkpoint, version);
      return true;
    }
    const part = this.saving.get(name);
    if (part === undefined || this.site === null) return name.startsWith('checkpoint/');
    this.saving.delete(name);
    const { view, courier } = this.site;
    const { position: holder, version } = part;
    if (view.nodes[0] === this.world.self) this.tell(holder, version);
    else {
      const { epoch } = view;
      courier.send(0, { kind: 'CHECKPOINTED', epoch, to: 0, holder, version }, ACK_BYTES);
    }
    return true;
  }

  private tell(holder: number, version: number): void {
    if (this.site === null || !this.site.tally.add(version, holder)) return;
    const { epoch, bounds } = this.site.view;
    this.indexing.push(version);
    saveIndex(this.world, { epoch, version, bounds: [...bounds] });
  }
}
