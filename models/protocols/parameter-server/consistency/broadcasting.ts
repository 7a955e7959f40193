/**
 * Bulk synchronous parallel whose servers wait for no pull (PROTOCOLS D): as soon as a shard has the weights of an iteration
 * it sends them down a tree of all workers, who know their own shares.
 */
import type { NodeId } from '../../../../engine/world.ts';
import type { ParameterServerJob } from '../jobs.ts';
import type { Pull } from '../messages.ts';
import { BulkSynchronous, bulkSynchronous } from '../server/bulk-synchronous.ts';
import type { ConsistencyKind } from '../server/consistency.ts';

export class Broadcasting extends BulkSynchronous {
  /** The iteration whose weights come next. */
  private next = this.first;

  override pulled(worker: NodeId, { clock }: Pull): void {
    this.desk.refuse(`pull of clock ${clock} from worker ${worker}`);
  }

  override nextJob(): ParameterServerJob | null {
    this.serve();
    return super.nextJob();
  }

  override serve(): void {
    const { desk, next, server } = this;
    const { training } = server.settings;
    const isDue = desk.isEstablished && next < training.iterations && this.canServe(next);
    if (!isDue) return;
    this.next++;
    desk.broadcast(next);
    if (server.settings.shard > 0) return;
    for (const worker of server.plan.workers) desk.begun(worker, this.workFor(worker, next));
  }
}

export const broadcasting: ConsistencyKind = {
  ...bulkSynchronous,
  relays: true,
  create: (shard, desk) => new Broadcasting(shard, desk),
};
