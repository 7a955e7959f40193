/**
 * Workers that some shard does not hear, where all others go on in the same view without them: asynchronous workers wait
 * for nobody (PROTOCOLS D). The first shard keeps account for all shards, for it gives out the work; the others tell it.
 */
import type { NodeId, World } from '../../../../engine/world.ts';
import type { View } from '../../../membership/view.ts';
import { type ServerMessage, SMALL_BYTES } from '../messages.ts';
import type { ServerPlan } from '../plan.ts';

/** The shard's primary. */
export interface WorkGiver {
  readonly world: World<ServerMessage>;
  readonly shard: number;
  readonly view: View;
  readonly plan: ServerPlan;
  /** A worker is lost: whether what it has in hand can be given to others in this view. */
  takeBack(worker: NodeId): boolean;
  /** That worker is heard again, and has in hand what it had. */
  giveBack(worker: NodeId): void;
  /** Tells observers of the members that are heard. */
  tellMembers(members: readonly NodeId[], joined: readonly NodeId[]): void;
}

export class AbsentWorkers {
  private readonly giver: WorkGiver;
  /** By worker: the shards that do not hear it. */
  private readonly deaf = new Map<NodeId, Set<number>>();

  constructor(giver: WorkGiver) {
    this.giver = giver;
  }

  get size(): number {
    return this.deaf.size;
  }

  has(worker: NodeId): boolean {
    return this.deaf.size > 0 && this.deaf.has(worker);
  }

  /** A shard does not hear a worker any more. False if the others cannot go on without it in this view. */
  lost(worker: NodeId, by = this.giver.shard): boolean {
    const { giver, deaf } = this;
    if (giver.shard > 0) this.tellFirst(worker, false);
    else if (!deaf.has(worker)) {
      const isLast = giver.plan.workers.every((one) => one === worker || deaf.has(one));
      if (isLast || !giver.takeBack(worker)) return false;
    }
    const isNews = !deaf.has(worker);
    deaf.set(worker, (deaf.get(worker) ?? new Set()).add(by));
    if (isNews && giver.shard === 0) giver.tellMembers(this.present(), []);
    return true;
  }

  /** A shard hears a worker. */
  heard(worker: NodeId, by = this.giver.shard): void {
    const { giver, deaf } = this;
    if (deaf.size === 0) return;
    const shards = deaf.get(worker);
    if (!shards?.delete(by) || shards.size > 0) return;
    deaf.delete(worker);
    if (giver.shard > 0) return this.tellFirst(worker, true);
    giver.giveBack(worker);
    giver.tellMembers(this.present(), [worker]);
  }

  private tellFirst(worker: NodeId, isHeard: boolean): void {
    const { world, shard, plan, view } = this.giver;
    const hears = { kind: 'hears', epoch: view.epoch, shard, worker, isHeard } as const;
    world.send(plan.shards[0].chain[0], hears, SMALL_BYTES);
  }

  private present(): NodeId[] {
    return this.giver.view.members.filter((member) => !this.deaf.has(member));
  }
}
