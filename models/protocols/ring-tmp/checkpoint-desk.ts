/** A node's part in the checkpoints of the ring (PROTOCOLS C): it saves what its position holds, and position 0 counts. */
import type { World } from '../../../engine/world.ts';
import { copyState, type SegmentState } from '../../learning/segment-state.ts';
import { checkpointPart, savesCheckpoint } from '../../replication/checkpoints.ts';
import { PartCheckpoints } from '../../replication/part-checkpoints.ts';
import { parameterCosts } from '../../spec/parameter-costs.ts';
import type { Courier } from '../../pipeline/courier.ts';
import { ACK_BYTES, type CheckpointedMessage, type TrainingMessage } from './messages.ts';
import type { RingView } from './layout/ring-view.ts';
import type { RingWork } from './ring-work.ts';
import type { CheckpointPart } from './recovery/state-transfer.ts';

export class CheckpointDesk {
  private readonly world: World;
  private readonly work: RingWork;
  private readonly parts: PartCheckpoints;
  /** The positions whose parts are being saved, by name. */
  private readonly saving = new Map<string, number>();
  /** The view that checkpoints are made in; of those of a view before none is finished any more. */
  private site: { readonly view: RingView; readonly courier: Courier<TrainingMessage> } | null =
    null;

  constructor(world: World, work: RingWork) {
    this.world = world;
    this.work = work;
    this.parts = new PartCheckpoints(world);
  }

  enter(view: RingView, courier: Courier<TrainingMessage>): void {
    this.site = { view, courier };
  }

  leave(): void {
    this.site = null;
  }

  /** Saves a position's state, if it is one of those to be saved: of several rings the first alone; borrowed. */
  committed(position: number, version: number, state: () => SegmentState | null): void {
    const { checkpoint, training, detector } = this.work.assignment;
    // Where nothing can fail nobody will read one.
    if (this.site === null || detector === null) return;
    if (!savesCheckpoint(checkpoint, training.iterations, version)) return;
    const { bounds, epoch } = this.site.view;
    if (position >= bounds.length - 1) return;
    const [low, high] = [bounds[position], bounds[position + 1]];
    const borrowed = state();
    const part: CheckpointPart = { state: borrowed === null ? null : copyState(borrowed) };
    const parameters = this.work.parameterBound(high) - this.work.parameterBound(low);
    const bytes = parameterCosts(training).stateBytes * parameters;
    this.saving.set(checkpointPart({ epoch, version }, low, high), position);
    this.parts.save({ epoch, version }, { low, high }, part, bytes);
  }

  /** Position 0 hears that a part is there. */
  receive({ holder, version }: CheckpointedMessage): void {
    const { epoch, bounds } = this.site!.view;
    this.parts.add({ epoch, version }, holder, bounds);
  }

  /** A write has ended. */
  saved(name: string, isNewest: boolean): void {
    const of = this.parts.saved(name, isNewest);
    const holder = this.saving.get(name);
    this.saving.delete(name);
    if (of === null || of.epoch !== this.site?.view.epoch) return;
    const { view, courier } = this.site;
    const message = { kind: 'CHECKPOINTED', ...of, to: 0, holder: holder! } as const;
    if (view.nodes[0] === this.world.self) this.receive(message);
    else courier.send(0, message, ACK_BYTES);
  }
}
