/**
 * The views a node has lived through that a repair may have to go back to (PROTOCOLS C), until its first update in the
 * one in use: the last one in which anybody made an update, so that every replica was in place, and if it is another the
 * one whose state the view in use began from.
 */
import type { Served } from './replicas.ts';
import type { RecoverySource } from './ring-view.ts';
import type { Tenure } from './tenure.ts';

export class Archive {
  /** Oldest first. */
  tenures: readonly Tenure[] = [];

  /**
   * A new view begins from that source. Of those kept and the one that is over, keeps the one of the source's epoch, and
   * the oldest where the source is not proven; drops the others.
   */
  keep(over: Tenure | null, { epoch, proven }: RecoverySource): void {
    const held = over === null ? this.tenures : [...this.tenures, over];
    const source = held.findIndex(({ view }) => view.epoch === epoch);
    this.tenures = held.filter((_, k) => k === source || (k === 0 && !proven));
    for (const tenure of held)
      if (this.tenures.includes(tenure)) tenure.retire();
      else tenure.drop();
  }

  /** The state of an old position, which the plan says this node holds. Throws if it does not. */
  serve({ epoch, version }: RecoverySource, position: number): Served {
    const tenure = this.tenures.find(({ view }) => view.epoch === epoch);
    if (tenure !== undefined) return tenure.serve(position, version);
    throw new Error(
      `position ${position} of epoch ${epoch} is asked for, and nothing of it is kept here`,
    );
  }

  /** Drops all: nobody will go back to them. */
  clear(): void {
    for (const tenure of this.tenures) tenure.drop();
    this.tenures = [];
  }
}
