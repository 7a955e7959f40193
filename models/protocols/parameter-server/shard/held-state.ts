/** What a server holds of its shard: the state, the view it is of, and what both take in memory. */
import type { World } from '../../../../engine/world.ts';
import { MemoryItems } from '../../../costs/memory-items.ts';
import type { SegmentState } from '../../../learning/segment-state.ts';
import type { View } from '../../../membership/view.ts';
import type { MemberSettings } from '../member.ts';
import type { Inventory } from '../plan.ts';
import { type ShardCosts, shardCosts } from './shard-costs.ts';
import { ShardLog } from './shard-log.ts';
import { initialSnapshot, type ShardSnapshot, type Update } from './shard-state.ts';

interface HeldSettings extends MemberSettings {
  readonly shard: number;
  initial(): SegmentState | null;
}

export class HeldState {
  /** The view that the state is of; -1: there is none. */
  epoch: number;
  readonly log: ShardLog;
  readonly costs: ShardCosts;
  readonly books: MemoryItems;
  private readonly settings: HeldSettings;
  /** Whether it keeps the weights before the last update too. */
  private readonly keepsBefore: boolean;

  constructor(world: World, settings: HeldSettings) {
    const { shard, training, sums, layout, parameters, detector } = settings;
    this.settings = settings;
    this.epoch = world.incarnation === 0 ? 0 : -1;
    this.costs = shardCosts(layout.sizeOf(shard, parameters), training);
    this.books = new MemoryItems(world);
    const mayDiffer = detector !== null || layout.needed < layout.workers;
    this.keepsBefore = mayDiffer && sums && layout.shards > 1;
    const updatesPerIteration = sums ? 1 : layout.workers;
    const { keepsBefore } = this;
    const stateSettings = { training, updatesPerIteration, keepsBefore };
    this.log = new ShardLog(stateSettings, initialSnapshot(settings.initial()));
  }

  /** Its host holds the state from now on. */
  hold(): void {
    const { books, costs, keepsBefore } = this;
    books.set('weights', costs.weightBytes);
    books.set('optimizer', costs.optimizerBytes);
    if (keepsBefore) books.set('previous', costs.weightBytes);
  }

  /** Whether it is the state that the view goes on from. */
  isOf(view: View): boolean {
    return this.epoch === view.epoch;
  }

  /** Nothing is left to be applied, and at who leads nothing to be committed. */
  isComplete(leads: boolean): boolean {
    const { committed, state, total } = this.log;
    return (leads ? committed : state.steps) === total;
  }

  inventory(): Inventory {
    const { epoch, log } = this;
    return { epoch, updates: epoch < 0 ? -1 : log.received };
  }

  /** It is the state of the seed, made again unless it is that already. */
  beginAnew(): void {
    if (this.epoch < 0 || this.log.received > 0)
      this.goBackTo(initialSnapshot(this.settings.initial()));
  }

  /** A standby takes an update in, and learns what is committed. False if the update is not the next. */
  take(update: Update, committed: number): boolean {
    if (update.number !== this.log.received) return false;
    this.log.pending.push(update);
    this.keepBooks(false);
    this.log.commit(committed);
    return true;
  }

  goBackTo(state: ShardSnapshot): void {
    this.log.restore({ state, committed: 0, pending: [], notices: [] });
  }

  /** The state is of no use any more. */
  forget(): void {
    this.epoch = -1;
    this.goBackTo(initialSnapshot(null));
  }

  /** A primary has the gradients of its updates in its books as pushes, or as their sum. */
  keepBooks(leads: boolean): void {
    const { log, costs, books } = this;
    books.set('updates', leads ? 0 : log.pending.length * costs.gradientBytes);
  }
}
