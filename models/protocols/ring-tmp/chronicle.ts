/**
 * What a node of the ring knows of the run beside the model: the views it has lived in, and how far the work had come
 * by all that it has seen. It goes into the node's report to a repair.
 */
import type { World } from '../../../engine/world.ts';
import type { KnownView } from '../../recovery/quorum.ts';
import type { NewView } from '../../recovery/view-host.ts';
import { measure, recordValues } from './measurement.ts';
import type { TrainingMessage } from './messages.ts';
import type { LayoutReport, NodeReport } from './ring-view.ts';
import type { RingWork } from './ring-work.ts';

export class Chronicle {
  /** From the newest view that is known to have been complete. */
  private views: readonly KnownView[] = [];
  /** The version that each view of this life has begun with. */
  private readonly beginnings: { readonly epoch: number; readonly version: number }[] = [];
  private iterationsTold = 0;
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
    return this.beginnings.length > 0;
  }

  /** Whether all members are known to be in the view installed last. */
  get complete(): boolean {
    return this.views.length === 1 && this.views[0].epoch === this.beginnings.at(-1)?.epoch;
  }

  enter({ epoch, members }: NewView, version: number): void {
    this.views = [...this.views, { epoch, members }];
    this.beginnings.push({ epoch, version });
    this.iterationsTold = version;
    this.microBatchesBegun = version * this.work.assignment.training.microBatches;
  }

  /** An update in a view proves that all its members are in it, with all they need. */
  updated(): void {
    if (this.views.length > 1) this.views = this.views.slice(-1);
  }

  forget(): void {
    this.views = [];
  }

  /** That many iterations have been told of. */
  told(iterations: number): void {
    this.iterationsTold = Math.max(this.iterationsTold, iterations);
  }

  /** A message on its way shows what has been begun, and that what came before has been told of. */
  see(message: TrainingMessage): void {
    if (message.kind !== 'FWD' && message.kind !== 'LABEL') return;
    const { iteration, microBatch } = message;
    const begun = iteration * this.work.assignment.training.microBatches + microBatch + 1;
    this.microBatchesBegun = Math.max(this.microBatchesBegun, begun);
    this.told(iteration);
  }

  /** The step from which views newer than that epoch have trained. */
  since(epoch: number): number {
    const newer = this.beginnings.filter((beginning) => beginning.epoch > epoch);
    return Math.min(...newer.map(({ version }) => version));
  }

  report(layouts: readonly LayoutReport[]): NodeReport {
    const { self } = this.world;
    return {
      node: self,
      layouts,
      record: recordValues(measure(this.work.assignment, self)),
      views: this.views,
      told: this.iterationsTold,
      begun: this.microBatchesBegun,
    };
  }
}
