/**
 * A server of one shard, its primary or a standby in the view in use (PROTOCOLS D): it keeps the shard's state, takes
 * updates in order and passes them down the chain. What a primary does beside is in primary.ts.
 */
import type { Job, NodeId, World } from '../../../../engine/world.ts';
import type { MemoryItems } from '../../../costs/memory-items.ts';
import type { View } from '../../../membership/view.ts';
import { Chain } from './chain.ts';
import { Primary, type PrimaryServer } from './primary.ts';
import { Member, type OpenViews } from '../member.ts';
import type { ShardServerSettings } from './consistency.ts';
import { ShardEngine } from './shard-engine.ts';
import type { ServerMessage } from '../messages.ts';
import type { Inventory } from '../plan.ts';
import { ProtocolViolation } from '../protocol-violation.ts';
import { RedoneWork } from '../recovery/redone-work.ts';
import { HeldState } from '../shard/held-state.ts';
import type { ShardCosts } from '../shard/shard-costs.ts';
import type { ShardLog } from '../shard/shard-log.ts';
import type { ShardSnapshot, Update } from '../shard/shard-state.ts';
import { ShardCheckpoints } from './shard-checkpoints.ts';
import { tellBegun, tellCommitted } from './telling.ts';

export type ShardServerPhase =
  | 'serving'
  | 'multiplying'
  | 'adding'
  | 'updating'
  | 'standing by'
  | 'changing view'
  | 'fetching state'
  | 'done';

/** Whether workers say that. */
function isOfWorker({ kind }: ServerMessage): boolean {
  return kind === 'pull' || kind === 'push' || kind === 'push-part' || kind === 'enter';
}

export class ShardServer extends Member implements PrimaryServer {
  readonly costs: ShardCosts;
  readonly books: MemoryItems;
  readonly log: ShardLog;
  readonly redone: RedoneWork;
  /** Of the view in use. */
  chain: Chain;
  private readonly held: HeldState;
  private readonly checkpoints: ShardCheckpoints;
  private primary: Primary | null = null;
  private readonly engine: ShardEngine;
  /** Whether it saves its state after so many iterations. */
  private readonly saves = (version: number): boolean =>
    this.primary !== null && this.checkpoints.areDue(version);

  constructor(
    world: World<ServerMessage>,
    readonly settings: ShardServerSettings,
    open: OpenViews | null = null,
  ) {
    super(world, settings, open);
    this.held = new HeldState(world, settings);
    this.costs = this.held.costs;
    this.books = this.held.books;
    this.log = this.held.log;
    this.engine = new ShardEngine(world, this.log, this.costs);
    this.checkpoints = new ShardCheckpoints(world, settings, this.costs.stateBytes);
    this.redone = new RedoneWork(world, settings.layout, settings.training);
    this.chain = this.newChain();
  }

  get phase(): ShardServerPhase {
    if (this.finished) return 'done';
    if (this.isFrozen) return 'changing view';
    if (!this.held.isOf(this.view)) return 'fetching state';
    const { pass } = this.engine;
    if (pass === 'multiply') return 'multiplying';
    if (pass !== null) return pass === 'add' ? 'adding' : 'updating';
    return this.primary === null ? 'standing by' : 'serving';
  }

  get isUpdating(): boolean {
    return this.engine.isUpdating;
  }

  override start(): void {
    this.held.hold();
    super.start();
  }

  computed(job: Job): void {
    if (this.engine.pass === null) this.refuse(`the end of job ${job.name}`);
    if (this.engine.ended(this.primary)) this.endUpdate();
    this.advance();
  }

  override woken(alarm: string): void {
    if (alarm === this.settings.consistency.alarm) this.primary?.model.woken?.();
    else super.woken(alarm);
    this.advance();
  }

  saved(name: string, isNewest: boolean): void {
    const part = this.checkpoints.saved(name, isNewest);
    if (part === null || this.isFrozen || this.finished) return;
    this.checkpoints.tell(part, this.plan.shards[0].chain[0]);
  }

  waitsFor(): string {
    if (this.isFrozen) return this.membership.waitsFor();
    const primary = this.settings.layout.nodeOf(this.chain.primary);
    if (this.held.isOf(this.view))
      return this.primary?.waitsFor() ?? `the updates of primary ${primary}`;
    if (this.plan.from === 'checkpoint') return 'its part of the last checkpoint';
    return `the state of primary ${primary}`;
  }

  inventory(): Inventory {
    return this.held.inventory();
  }

  override freeze(): void {
    super.freeze();
    this.primary = null;
    const { alarm } = this.settings.consistency;
    if (alarm !== undefined) this.world.cancel(alarm);
    for (const item of ['terms', 'pushes', 'gradient sum']) this.books.set(item, 0);
  }

  drop(): void {
    this.freeze();
    this.held.forget();
  }

  /** Where nothing can fail it goes on to answer: there is nothing left to do. */
  override ended(): void {
    super.ended();
    if (this.isWatched) this.freeze();
  }

  override spares(peer: NodeId): boolean {
    return this.primary?.spares(peer) ?? false;
  }

  committedUpTo(updates: number): void {
    const { view, world, settings, log } = this;
    for (const notice of log.commit(updates)) {
      tellCommitted(world, notice, view.epoch, settings);
      if (notice.state !== null) this.checkpoints.save(notice, view.epoch);
    }
    this.restIfDone();
  }

  refuse(event: string): never {
    throw new ProtocolViolation('server', this.world.self, this.phase, event);
  }

  protected begin(before: View): void {
    const { plan, world, settings, held } = this;
    const { chain, holders } = plan.shards[settings.shard];
    this.chain = this.newChain();
    tellBegun(world, { view: this.view, before, plan, settings });
    this.redone.begin(plan);
    if (plan.from === 'checkpoint' && plan.index !== null) return this.checkpoints.load(plan.index);
    if (holders === 0) {
      held.beginAnew();
      this.beInPlace();
    } else if (chain.indexOf(world.self) < holders) this.beInPlace();
  }

  protected loadedPart(value: object): void {
    if (this.isFrozen || this.held.isOf(this.view)) return;
    this.held.goBackTo(value as ShardSnapshot);
    this.goOnFromIt();
  }

  private goOnFromIt(): void {
    this.beInPlace();
    this.takeEarly();
  }

  protected take(message: ServerMessage, from: NodeId): void {
    const { primary } = this;
    if (message.kind === 'state') {
      this.log.restore(message.copy);
      this.goOnFromIt();
    } else if (!this.held.isOf(this.view)) this.early.push({ message, from });
    else if (message.kind === 'append') this.takeAppend(message.update, message.committed);
    else if (message.kind === 'part-saved') this.checkpoints.count(message, message.shard);
    else if (message.kind === 'established' && primary !== null) primary.beEstablished();
    else if (message.kind === 'established') this.membership.committed();
    else {
      const isWorker = from < this.settings.layout.workers;
      if (isWorker !== isOfWorker(message) || !primary?.take(message, from))
        this.refuse(`${message.kind} from node ${from}`);
    }
    this.advance();
  }

  /** A standby takes an update in, passes it on, and learns what is committed. */
  private takeAppend(update: Update, committed: number): void {
    if (!this.held.take(update, committed)) this.refuse(`update ${update.number} out of order`);
    this.chain.pass(update, committed);
  }

  /** It has the state that the view goes on from. */
  private beInPlace(): void {
    const { chain, view, isWatched } = this;
    this.held.epoch = view.epoch;
    this.held.keepBooks(chain.leads);
    if (chain.leads) this.primary = new Primary(this);
    else if (isWatched) chain.tellPrimary({ kind: 'in-place', epoch: view.epoch });
    this.restIfDone();
    this.advance();
  }

  private advance(): void {
    if (!this.finished || !this.isWatched) this.engine.advance(this.primary, this.view.epoch);
  }

  private endUpdate(): void {
    const { primary } = this;
    const update = this.log.apply(this.saves);
    if (primary !== null) {
      primary.model.applied(update);
      primary.commit();
    } else {
      this.held.keepBooks(this.chain.leads);
      if (!this.isFrozen) this.membership.admitting();
      this.restIfDone();
    }
  }

  /** Says that it has nothing left to do, if that is so. */
  private restIfDone(): void {
    if (this.isFrozen || !this.held.isOf(this.view)) return;
    if (this.held.isComplete(this.chain.leads)) this.membership.workDone();
  }

  private newChain(): Chain {
    const { world, view, plan, settings, costs } = this;
    return new Chain(world, view.epoch, plan.shards[settings.shard], costs.wireBytes);
  }
}
