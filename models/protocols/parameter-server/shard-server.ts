/**
 * A server of one shard, its leader or a standby in the view in use (PROTOCOLS D): it keeps the shard's state, runs the jobs of
 * its engine, takes updates in order and passes them down the chain. What a leader does beside is in leader.ts.
 */
import type { Job, NodeId, World } from '../../../engine/world.ts';
import { MemoryItems } from '../../costs/memory-items.ts';
import type { View } from '../../membership-next/view.ts';
import { savesCheckpoint } from '../../replication/checkpoints.ts';
import { Chain } from './chain.ts';
import { type ParameterServerJob, updateJob } from './jobs.ts';
import { Leader, type LeadingServer } from './leader.ts';
import { Member } from './member.ts';
import type { ShardServerSettings } from './shard-settings.ts';
import { type ServerMessage, SMALL_BYTES } from './messages.ts';
import type { Inventory } from './plan.ts';
import { ProtocolViolation } from './protocol-violation.ts';
import { RedoneWork } from './redone-work.ts';
import { ShardCheckpoints } from './shard-checkpoints.ts';
import { type ShardCosts, shardCosts } from './shard-costs.ts';
import { type ShardCopy, ShardLog } from './shard-log.ts';
import {
  initialSnapshot,
  type ShardSnapshot,
  type ShardState,
  type Update,
} from './shard-state.ts';
import { tellCommitted, tellRecovered } from './telling.ts';

export type ShardServerPhase =
  'serving' | 'adding' | 'updating' | 'standing by' | 'changing view' | 'fetching state' | 'done';

/** What the engine is at, and for whom: of no use once another state or leader has taken its place. */
interface Running {
  readonly job: ParameterServerJob;
  readonly state: ShardState;
  readonly leader: Leader | null;
}

export class ShardServer extends Member implements LeadingServer {
  readonly costs: ShardCosts;
  readonly books: MemoryItems;
  readonly log: ShardLog;
  readonly redone: RedoneWork;
  /** Of the view in use. */
  chain: Chain;
  private readonly checkpoints: ShardCheckpoints;
  private leader: Leader | null = null;
  /** The view that its state is of; -1: it has none. */
  private stateEpoch: number;
  private isInPlace = false;
  private running: Running | null = null;

  constructor(
    world: World<ServerMessage>,
    readonly settings: ShardServerSettings,
  ) {
    super(world, settings);
    const { shard, training, sums, layout, parameters, detector } = settings;
    const range = layout.rangeOf(shard, parameters);
    this.costs = shardCosts(range, training);
    this.books = new MemoryItems(world);
    const keepsBefore = detector !== null && sums && layout.shards > 1;
    const updatesPerIteration = sums ? 1 : layout.workers;
    const stateSettings = { training, updatesPerIteration, keepsBefore };
    this.log = new ShardLog(stateSettings, initialSnapshot(settings.initial()));
    this.stateEpoch = world.incarnation === 0 ? 0 : -1;
    this.checkpoints = new ShardCheckpoints(world, range, layout.boundsOf(parameters));
    this.redone = new RedoneWork(world, layout, training);
    this.chain = this.newChain();
  }

  get phase(): ShardServerPhase {
    if (this.finished) return 'done';
    if (this.isFrozen) return 'changing view';
    if (!this.isInPlace) return 'fetching state';
    if (this.running === null) return this.leader === null ? 'standing by' : 'serving';
    return this.running.job.pass === 'add' ? 'adding' : 'updating';
  }

  get isUpdating(): boolean {
    const { running, log } = this;
    return running !== null && running.job.pass === 'update' && running.state === log.state;
  }

  override start(): void {
    this.books.set('weights', this.costs.vectorBytes);
    this.books.set('optimizer', this.costs.optimizerBytes);
    super.start();
  }

  computed(job: Job): void {
    const { running, leader, log } = this;
    if (running === null) this.refuse(`the end of job ${job.name}`);
    this.running = null;
    if (running.job.pass !== 'update') {
      if (running.leader === leader) leader?.model.jobDone();
    } else if (running.state === log.state) this.endUpdate();
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
    if (first === this.world.self) this.checkpoints.add(part, shard);
    else this.world.send(first, { kind: 'part-saved', epoch, shard, version }, SMALL_BYTES);
  }

  waitsFor(): string {
    if (this.isFrozen) return this.membership.waitsFor();
    const { leader } = this.chain;
    if (this.isInPlace) return this.leader?.waitsFor() ?? `the updates of leader ${leader}`;
    if (this.plan.from === 'checkpoint') return 'its part of the last checkpoint';
    return `the state of leader ${leader}`;
  }

  inventory(): Inventory {
    const { stateEpoch, log } = this;
    return { epoch: stateEpoch, updates: stateEpoch < 0 ? -1 : log.received };
  }

  override freeze(): void {
    super.freeze();
    this.leader = null;
    this.books.set('pushes', 0);
    this.books.set('gradient sum', 0);
  }

  drop(): void {
    this.freeze();
    this.stateEpoch = -1;
    this.goBackTo(initialSnapshot(null));
  }

  /** Where nothing can fail it goes on to answer: there is nothing left to do. */
  ended(): void {
    if (this.isWatched) this.freeze();
  }

  committedUpTo(updates: number): void {
    const { view, world, settings, costs, log } = this;
    for (const notice of log.commit(updates)) {
      tellCommitted(world, notice, view.epoch, settings);
      if (notice.state === null) continue;
      const { optimizerBytes, vectorBytes } = costs;
      const name = { epoch: view.epoch, version: notice.note.iteration + 1 };
      this.checkpoints.save(name, notice.state, vectorBytes + optimizerBytes);
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
    this.isInPlace = false;
    tellRecovered(world, { view: this.view, before, plan, settings });
    if (plan.from === 'checkpoint' && plan.index !== null) return this.checkpoints.load(plan.index);
    if (holders === 0) {
      if (stateEpoch < 0 || log.received > 0) this.goBackTo(initialSnapshot(settings.initial()));
      this.beInPlace();
    } else if (chain.indexOf(world.self) < holders) this.beInPlace();
  }

  protected loadedPart(value: object): void {
    if (this.isFrozen || this.isInPlace) return;
    this.goBackTo(value as ShardSnapshot);
    this.beInPlace();
    this.takeEarly();
  }

  protected take(message: ServerMessage, from: NodeId): void {
    const { leader } = this;
    if (message.kind === 'state') this.takeState(message.copy);
    else if (!this.isInPlace) this.early.push({ message, from });
    else if (message.kind === 'append') this.takeAppend(message.update, message.committed);
    else if (message.kind === 'part-saved') this.checkpoints.add(message, message.shard);
    else if (message.kind === 'established') this.takeEstablished();
    else {
      const isWorker = from < this.settings.layout.workers;
      const isOfWorker = ['pull', 'push', 'enter'].includes(message.kind);
      if (isWorker !== isOfWorker || !leader?.take(message, from))
        this.refuse(`${message.kind} from node ${from}`);
    }
    this.advance();
  }

  private takeEstablished(): void {
    if (this.leader === null) this.membership.committed();
    else this.leader.beEstablished();
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
    this.isInPlace = true;
    this.stateEpoch = view.epoch;
    this.keepBooks();
    if (chain.leads) this.leader = new Leader(this);
    else if (isWatched) chain.tellLeader({ kind: 'in-place', epoch: view.epoch });
    this.restIfDone();
    this.advance();
  }

  /** Gives the engine something to do, if it is free and there is something. */
  private advance(): void {
    if (this.running !== null || (this.finished && this.isWatched)) return;
    const { log, leader, costs, view } = this;
    leader?.sendStates();
    const job = log.pending.length === 0 ? (leader?.model.nextJob() ?? null) : null;
    if (job !== null) this.compute(job);
    else if (log.pending.length > 0)
      this.compute(updateJob(log.state, log.pending[0], costs, view.epoch));
  }

  private compute(job: ParameterServerJob): void {
    this.running = { job, state: this.log.state, leader: this.leader };
    this.world.compute(job);
  }

  private endUpdate(): void {
    const { log, leader, settings } = this;
    const { checkpoint, training } = settings;
    const update = log.apply(
      (version) => leader !== null && savesCheckpoint(checkpoint, training.iterations, version),
    );
    leader?.model.applied(update);
    this.keepBooks();
    if (leader !== null) leader.commit();
    else if (!this.isFrozen) this.membership.admitting();
    this.restIfDone();
  }

  /** A leader has the gradients of its updates in its books as pushes, or as their sum. */
  private keepBooks(): void {
    const { log, costs, chain, books } = this;
    books.set('updates', chain.leads ? 0 : log.pending.length * costs.vectorBytes);
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
    const { vectorBytes } = this.costs;
    return new Chain(this.world, this.view.epoch, chain, { updates, updateBytes: vectorBytes });
  }
}
