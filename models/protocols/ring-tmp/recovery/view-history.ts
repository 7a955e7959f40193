/**
 * What a node of the ring knows of the run beside the model: with which versions the views on the way to its own began, and
 * how far the work had come by all that it has seen. It goes into what the node brings to a new view.
 */
import type { World } from '../../../../engine/world.ts';
import { measure, recordValues } from '../../../costs/node-records.ts';
import type { TrainingMessage } from '../messages.ts';
import type { LayoutReport, NodeReport, RecoveryPlan } from '../ring-view.ts';
import type { RingWork } from '../ring-work.ts';
import type { Beginning } from './lineage.ts';

export class ViewHistory {
  /** Of the view installed last, and of those on the way to it. */
  private beginnings: readonly Beginning[] = [];
  private microBatchesBegun = 0;
  private readonly world: World;
  private readonly work: RingWork;

  constructor(world: World, work: RingWork) {
    this.world = world;
    this.work = work;
  }

  /** What came to nothing beside the way to this view is forgotten. */
  enter({ source, beginnings }: RecoveryPlan): void {
    this.beginnings = beginnings;
    this.microBatchesBegun = source.version * this.work.assignment.training.microBatches;
  }

  /** A message on its way shows what has been begun. */
  see(message: TrainingMessage): void {
    if (message.kind !== 'FWD' && message.kind !== 'LABEL') return;
    const { iteration, microBatch } = message;
    const begun = iteration * this.work.assignment.training.microBatches + microBatch + 1;
    this.microBatchesBegun = Math.max(this.microBatchesBegun, begun);
  }

  report(layouts: readonly LayoutReport[]): NodeReport {
    const { self } = this.world;
    return {
      node: self,
      layouts,
      record: recordValues(measure(this.work.assignment, self)),
      beginnings: this.beginnings,
      begun: this.microBatchesBegun,
    };
  }
}
