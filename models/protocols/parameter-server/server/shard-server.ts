/**
 * A server of one shard, its primary or a standby in the view in use (PROTOCOLS D): it keeps the shard's state, takes
 * updates in order and passes them down the chain. What a primary does beside is in primary.ts.
 */
import type { Job, NodeId, World } from '../../../../engine/world.ts';
import { MemoryItems } from '../../../costs/memory-items.ts';
import type { View } from '../../../membership/view.ts';
import {
  type CheckpointName,
  checkpointPart,
  savesCheckpoint,
} from '../../../replication/checkpoints.ts';
import { PartCheckpoints } from '../../../replication/part-checkpoints.ts';
import { Chain } from './chain.ts';
import { Primary, type PrimaryServer } from './primary.ts';
import { Member } from '../member.ts';
import type { ShardServerSettings } from './consistency.ts';
import { ShardEngine } from './shard-engine.ts';
import { type ServerMessage, SMALL_BYTES } from '../messages.ts';
import type { Inventory } from '../plan.ts';
import { ProtocolViolation } from '../protocol-violation.ts';
import { RedoneWork } from '../recovery/redone-work.ts';
import { type ShardCosts, shardCosts } from '../shard/shard-costs.ts';
import { type ShardCopy, ShardLog } from '../shard/shard-log.ts';
import { initialSnapshot, type ShardSnapshot, type Update } from '../shard/shard-state.ts';
import type { ParameterRange } from '../../../spec/model.ts';
import { tellCommitted, tellRecovered } from './telling.ts';

export type ShardServerPhase =
  'serving' | 'adding' | 'updating' | 'standing by' | 'changing view' | 'fetching state' | 'done';

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
  private readonly range: ParameterRange;
  private readonly checkpoints: PartCheckpoints;
  private primary: Primary | null = null;
  /** The view that its state is of; -1: it has none. */
  private stateEpoch: number;
  private readonly engine: ShardEngine;
  /** Whether it saves its state after so many iterations. */
  private readonly saves = (version: number): boolean => {
    const { checkpoint, training } = this.settings;
    return this.primary !== null && savesCheckpoint(checkpoint, training.iterations, version);
  };

  constructor(
    world: World<ServerMessage>,
    readonly settings: ShardServerSettings,
  ) {
    super(world, settings);
    const { shard, training, sums, layout, parameters, detector } = settings;
    this.range = layout.rangeOf(shard, parameters);
    this.costs = shardCosts(this.range, training);
    this.books = new MemoryItems(world);
    const mayDiffer = detector !== null || layout.needed < layout.workers;
    const keepsBefore = mayDiffer && sums && layout.shards > 1;
    const updatesPerIteration = sums ? 1 : layout.workers;
    const stateSettings = { training, updatesPerIteration, keepsBefore };
    this.log = new ShardLog(stateSettings, initialSnapshot(settings.initial()));
    this.engine = new ShardEngine(world, this.log, this.costs);
    this.stateEpoch = world.incarnation === 0 ? 0 : -1;
    this.checkpoints = new PartCheckpoints(world);
    this.redone = new RedoneWork(world, layout, training);
    this.chain = this.newChain();
  }

  get phase(): ShardServerPhase {
    if (this.finished) return 'done';
    if (this.isFrozen) return 'changing view';
    if (!this.isInPlace) return 'fetching state';
    const { pass } = this.engine;
    if (pass !== null) return pass === 'add' ? 'adding' : 'updating';
    return this.primary === null ? 'standing by' : 'serving';
  }

  get isUpdating(): boolean {
    return this.engine.isUpdating;
  }

  /** It has the state that the view goes on from. */
  private get isInPlace(): boolean {
    return this.stateEpoch === this.view.epoch;
  }

  override start(): void {
    this.books.set('weights', this.costs.weightBytes);
    this.books.set('optimizer', this.costs.optimizerBytes);
    super.start();
  }

  computed(job: Job): void {
    if (this.engine.pass === null) this.refuse(`the end of job ${job.name}`);
    if (this.engine.ended(this.primary)) this.endUpdate();
    this.advance();
  }

  override woken(alarm: string): void {
    super.woken(alarm);
    this.advance();
  }

  saved(name: string, isNewest: boolean): void {
    const part = this.checkpoints.saved(name, isNewest);
    if (part === null || this.isFrozen || this.finished) return;
    const { epoch, version } = part;
    const { shard } = this.settings;
    const first = this.plan.shards[0].chain[0];
    if (first === this.world.self) this.countPart(part, shard);
    else this.world.send(first, { kind: 'part-saved', epoch, shard, version }, SMALL_BYTES);
  }

  waitsFor(): string {
    if (this.isFrozen) return this.membership.waitsFor();
    const { primary } = this.chain;
    if (this.isInPlace) return this.primary?.waitsFor() ?? `the updates of primary ${primary}`;
    if (this.plan.from === 'checkpoint') return 'its part of the last checkpoint';
    return `the state of primary ${primary}`;
  }

  inventory(): Inventory {
    const { stateEpoch, log } = this;
    return { epoch: stateEpoch, updates: stateEpoch < 0 ? -1 : log.received };
  }

  override freeze(): void {
    super.freeze();
    this.primary = null;
    this.books.set('pushes', 0);
    this.books.set('gradient sum', 0);
  }

  drop(): void {
    this.freeze();
    this.stateEpoch = -1;
    this.goBackTo(initialSnapshot(null));
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
    const { view, world, settings, costs, log } = this;
    for (const notice of log.commit(updates)) {
      tellCommitted(world, notice, view.epoch, settings);
      if (notice.state === null) continue;
      const name = { epoch: view.epoch, version: notice.note.iteration + 1 };
      this.checkpoints.save(name, this.range, notice.state, costs.stateBytes);
    }
    this.restIfDone();
  }

  refuse(event: string): never {
    throw new ProtocolViolation('server', this.world.self, this.phase, event);
  }

  protected begin(before: View): void {
    const { plan, world, settings, stateEpoch, log } = this;
    const { chain, holders } = plan.shards[settings.shard];
    this.chain = this.newChain();
    tellRecovered(world, { view: this.view, before, plan, settings });
    if (plan.from === 'checkpoint' && plan.index !== null) return this.loadPart(plan.index);
    if (holders === 0) {
      if (stateEpoch < 0 || log.received > 0) this.goBackTo(initialSnapshot(settings.initial()));
      this.beInPlace();
    } else if (chain.indexOf(world.self) < holders) this.beInPlace();
  }

  private loadPart({ epoch, version }: CheckpointName): void {
    const { low, high } = this.range;
    this.world.load(checkpointPart({ epoch, version }, low, high));
  }

  /** At the first shard. */
  private countPart(part: CheckpointName, shard: number): void {
    const { layout, parameters } = this.settings;
    this.checkpoints.add(part, shard, layout.boundsOf(parameters));
  }

  protected loadedPart(value: object): void {
    if (this.isFrozen || this.isInPlace) return;
    this.goBackTo(value as ShardSnapshot);
    this.beInPlace();
    this.takeEarly();
  }

  protected take(message: ServerMessage, from: NodeId): void {
    const { primary } = this;
    if (message.kind === 'state') this.takeState(message.copy);
    else if (!this.isInPlace) this.early.push({ message, from });
    else if (message.kind === 'append') this.takeAppend(message.update, message.committed);
    else if (message.kind === 'part-saved') this.countPart(message, message.shard);
    else if (message.kind === 'established') this.takeEstablished();
    else {
      const isWorker = from < this.settings.layout.workers;
      if (isWorker !== isOfWorker(message) || !primary?.take(message, from))
        this.refuse(`${message.kind} from node ${from}`);
    }
    this.advance();
  }

  private takeEstablished(): void {
    if (this.primary === null) this.membership.committed();
    else this.primary.beEstablished();
  }

  private takeState(copy: ShardCopy): void {
    this.log.restore(copy);
    this.beInPlace();
    this.takeEarly();
  }

  /** A standby takes an update in, passes it on, and learns what is committed. */
  private takeAppend(update: Update, committed: number): void {
    if (update.number !== this.log.received) this.refuse(`update ${update.number} out of order`);
    this.log.pending.push(update);
    this.keepBooks();
    this.log.commit(committed);
    this.chain.pass(update, committed);
  }

  private goBackTo(state: ShardSnapshot): void {
    this.log.restore({ state, committed: 0, pending: [], notices: [] });
  }

  /** It has the state that the view goes on from. */
  private beInPlace(): void {
    const { chain, view, isWatched } = this;
    this.stateEpoch = view.epoch;
    this.keepBooks();
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
      this.keepBooks();
      if (!this.isFrozen) this.membership.admitting();
    }
    this.restIfDone();
  }

  /** A primary has the gradients of its updates in its books as pushes, or as their sum. */
  private keepBooks(): void {
    const { log, costs, chain, books } = this;
    books.set('updates', chain.leads ? 0 : log.pending.length * costs.gradientBytes);
  }

  /** Says that it has nothing left to do, if that is so. */
  private restIfDone(): void {
    const { log, chain } = this;
    if (this.isFrozen || !this.isInPlace) return;
    const made = chain.leads ? log.committed : log.state.steps;
    if (made === log.total) this.membership.workDone();
  }

  private newChain(): Chain {
    const { chain, updates } = this.plan.shards[this.settings.shard];
    const { wireBytes } = this.costs;
    return new Chain(this.world, this.view.epoch, chain, { updates, updateBytes: wireBytes });
  }
}
