/**
 * How a view is established, as the primary of a shard sees it (PROTOCOLS D): the chain of every shard has the state
 * that the view goes on from, and every worker has entered it. That of the first shard keeps account. Nothing is committed
 * before.
 */
import type { NodeId, World } from '../../../../engine/world.ts';
import type { View } from '../../../membership/view.ts';
import { type ServerMessage, SMALL_BYTES } from '../messages.ts';
import type { ServerPlan } from '../plan.ts';

/** The primary of the shard. */
export interface OpeningPrimary {
  readonly world: World<ServerMessage>;
  readonly view: View;
  readonly plan: ServerPlan;
  readonly shard: number;
  /** The shares in its updates, where each is an update of its own; see `AppliedShares`. */
  applied(): number[];
  /** All members are in the view. */
  beEstablished(): void;
}

export class Opening {
  isOver = false;
  private readonly primary: OpeningPrimary;
  private readonly workers: Set<NodeId>;
  private readonly shards: Set<number>;
  private readonly chain: Set<NodeId>;

  constructor(primary: OpeningPrimary) {
    const { plan, shard } = primary;
    this.primary = primary;
    this.workers = new Set(plan.workers);
    this.shards = new Set(plan.shards.keys());
    this.chain = new Set(plan.shards[shard].chain);
  }

  entered(worker: NodeId): void {
    this.workers.delete(worker);
    this.settle();
  }

  /** A server of this shard has the state. */
  placed(server: NodeId): void {
    this.chain.delete(server);
    if (this.chain.size > 0) return;
    if (this.primary.shard === 0) this.ready(0);
    else this.tellReady();
  }

  /** The chain of a shard is in place. */
  ready(shard: number): void {
    this.shards.delete(shard);
    this.settle();
  }

  /** Tells the first shard that this one is in place, and what it has applied. */
  tellReady(): void {
    const { world, view, plan, shard } = this.primary;
    const applied = this.primary.applied();
    const ready = { kind: 'ready', epoch: view.epoch, shard, applied } as const;
    world.send(plan.shards[0].chain[0], ready, SMALL_BYTES + 8 * applied.length);
  }

  waitsFor(): string {
    const { workers, shards, primary } = this;
    if (primary.shard > 0) return 'all others to enter the view';
    if (workers.size > 0) return `workers ${[...workers].join(', ')} to enter the view`;
    return `shards ${[...shards].join(', ')} to be in place`;
  }

  private settle(): void {
    if (this.isOver || this.workers.size > 0 || this.shards.size > 0) return;
    const { world, view } = this.primary;
    const established = { kind: 'established', epoch: view.epoch } as const;
    for (const member of view.members)
      if (member !== world.self) world.send(member, established, SMALL_BYTES);
    this.primary.beEstablished();
  }
}
