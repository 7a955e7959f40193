/**
 * What a node of the ring knows of the run beside the model: the views it has lived in, or was told of as it was taken
 * in, and how far the work had come by all that it has seen. It goes into the node's report to a repair.
 */
import type { World } from '../../../engine/world.ts';
import type { Beginning } from '../../membership/lineage.ts';
import type { KnownView } from '../../membership/quorum.ts';
import type { NewView } from '../../membership/view-host.ts';
import { measure, recordValues } from '../../costs/node-records.ts';
import type { TrainingMessage } from './messages.ts';
import type { LayoutReport, NodeReport, RecoveryPlan } from './ring-view.ts';
import type { RingWork } from './ring-work.ts';

export class ViewHistory {
  /** From the newest view that is known to have been complete. */
  private views: readonly KnownView[] = [];
  /** Of the view installed last, and of those on the way to it. */
  private beginnings: readonly Beginning[] = [];
  private newest: number | null = null;
  private microBatchesBegun = 0;
  private readonly world: World;
  private readonly work: RingWork;

  constructor(world: World, work: RingWork) {
    this.world = world;
    this.work = work;
    const members = Array.from({ length: work.nodeCount }, (_, node) => node);
    if (world.incarnation === 0) this.views = [{ epoch: 0, members }];
  }

  /** Whether any view has been installed here. */
  get hasBegun(): boolean {
    return this.newest !== null;
  }

  /** Whether all members are known to be in the view installed last. */
  get complete(): boolean {
    return this.views.length === 1 && this.views[0].epoch === this.newest;
  }

  enter({ epoch, members }: NewView, { source, beginnings, views }: RecoveryPlan): void {
    const { version } = source;
    const before = this.views.length > 0 ? this.views : views;
    this.views = [...before, { epoch, members }];
    this.newest = epoch;
    // What came to nothing beside the way to this view is forgotten.
    this.beginnings = beginnings;
    this.microBatchesBegun = version * this.work.assignment.training.microBatches;
  }

  /** An update in a view proves that all its members are in it, with all they need. */
  updated(): void {
    if (this.views.length > 1) this.views = this.views.slice(-1);
  }

  forget(): void {
    this.views = [];
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
      views: this.views,
      beginnings: this.beginnings,
      begun: this.microBatchesBegun,
    };
  }
}
