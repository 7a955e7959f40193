/**
 * How a view is established, as the leader of the first shard sees it (PROTOCOLS D): every worker has entered it, and the
 * chain of every shard is in place. Nothing is committed in a view before.
 */
import type { NodeId } from '../../../engine/world.ts';
import { AppliedShares } from './applied-shares.ts';
import type { ServerPlan } from './plan.ts';

export class Opening {
  /** What the other shards had applied when the view began. */
  readonly elsewhere: AppliedShares[] = [];
  private readonly workers: Set<NodeId>;
  private readonly shards: Set<number>;

  constructor({ workers, shards }: ServerPlan) {
    this.workers = new Set(workers);
    this.shards = new Set(shards.keys());
  }

  entered(worker: NodeId): void {
    this.workers.delete(worker);
  }

  /** The chain of a shard is in place; `applied` where it is not that of the first shard itself. */
  ready(shard: number, applied: readonly number[] | null): void {
    this.shards.delete(shard);
    if (applied !== null) this.elsewhere.push(new AppliedShares(applied));
  }

  get isOver(): boolean {
    return this.workers.size === 0 && this.shards.size === 0;
  }

  waitsFor(): string {
    if (this.workers.size > 0) return `workers ${[...this.workers].join(', ')} to enter the view`;
    return `shards ${[...this.shards].join(', ')} to be in place`;
  }
}
