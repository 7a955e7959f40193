/**
 * The views a node has lived through that a repair may have to go back to (PROTOCOLS C), until its first update in the
 * one in use: the last one in which anybody made an update, so that every replica was in place, and if it is another the
 * one whose state the view in use began from.
 */
import type { Served } from '../replicas/replicas.ts';
import type { RecoverySource } from '../layout/ring-view.ts';
import type { EpochState } from '../epoch-state.ts';

export class Archive {
  /** Oldest first. */
  epochs: readonly EpochState[] = [];

  /**
   * A new view begins from that source. Of those kept and the one that is over, keeps the one of the source's epoch, and
   * the oldest where the source is not proven; drops the others.
   */
  keep(over: EpochState | null, { epoch, proven }: RecoverySource): void {
    const held = over === null ? this.epochs : [...this.epochs, over];
    const source = held.findIndex(({ view }) => view.epoch === epoch);
    this.epochs = held.filter((_, k) => k === source || (k === 0 && !proven));
    for (const epochState of held)
      if (this.epochs.includes(epochState)) epochState.retire();
      else epochState.drop();
  }

  /** The state of an old position, which the plan says this node holds. Throws if it does not. */
  serve({ epoch, version }: RecoverySource, position: number): Served {
    const epochState = this.epochs.find(({ view }) => view.epoch === epoch);
    if (epochState !== undefined) return epochState.serve(position, version);
    throw new Error(
      `position ${position} of epoch ${epoch} is asked for, and nothing of it is kept here`,
    );
  }

  /** Drops all: nobody will go back to them. */
  clear(): void {
    for (const epochState of this.epochs) epochState.drop();
    this.epochs = [];
  }
}
