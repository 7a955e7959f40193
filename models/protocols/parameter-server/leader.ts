/**
 * What the first server of a chain does in one view (PROTOCOLS D): it answers workers by its consistency model, makes updates,
 * sees to it that its standbys have the state, and commits what the tail has. That of the first shard establishes the view:
 * nothing is committed before.
 */
import type { NodeId, World } from '../../../engine/world.ts';
import type { MemoryItems } from '../../costs/memory-items.ts';
import type { ViewService } from '../../membership-next/fixed-view.ts';
import type { View } from '../../membership-next/view.ts';
import type { TrainingSpec } from '../../spec/training.ts';
import type { AppliedShares } from './applied-shares.ts';
import type { Chain } from './chain.ts';
import type { Answer, ConsistencyModel, ShardContext } from './consistency.ts';
import { type PullReply, type ServerMessage, SMALL_BYTES, WORK_ITEM_BYTES } from './messages.ts';
import { Opening } from './opening.ts';
import type { Inventory, ServerPlan } from './plan.ts';
import type { RedoneWork } from './redone-work.ts';
import type { ShardCosts } from './shard-costs.ts';
import type { ShardLog } from './shard-log.ts';
import type { ShardServerSettings } from './shard-settings.ts';
import type { Update } from './shard-state.ts';
import { tellWeights } from './telling.ts';

/** The server that leads. */
export interface LeadingServer {
  readonly world: World<ServerMessage>;
  readonly membership: ViewService<Inventory, ServerPlan>;
  readonly settings: ShardServerSettings;
  readonly view: View;
  readonly plan: ServerPlan;
  readonly costs: ShardCosts;
  readonly books: MemoryItems;
  readonly log: ShardLog;
  readonly chain: Chain;
  readonly redone: RedoneWork;
  readonly isWatched: boolean;
  readonly isUpdating: boolean;
  /** Tells of what is committed, and says if nothing is left to do. */
  committedUpTo(updates: number): void;
  refuse(event: string): never;
}

export class Leader implements ShardContext {
  readonly world: World<ServerMessage>;
  readonly shard: number;
  readonly workers: number;
  readonly training: TrainingSpec;
  readonly plan: ServerPlan;
  readonly costs: ShardCosts;
  readonly books: MemoryItems;
  readonly log: ShardLog;
  readonly model: ConsistencyModel;
  isEstablished: boolean;
  private readonly server: LeadingServer;
  private readonly opening: Opening;
  /** Standbys that are to be sent the state once no update is in the engine. */
  private owed: NodeId[];

  constructor(server: LeadingServer) {
    const { settings, plan } = server;
    const { chain, holders } = plan.shards[settings.shard];
    this.server = server;
    this.world = server.world;
    this.shard = settings.shard;
    this.workers = settings.layout.workers;
    this.training = settings.training;
    this.plan = plan;
    this.costs = server.costs;
    this.books = server.books;
    this.log = server.log;
    this.isEstablished = !server.isWatched;
    this.opening = new Opening(plan);
    this.owed = chain.slice(holders > 0 ? holders : chain.length);
    this.model = settings.consistency.create(this);
    if (server.isWatched) this.placed(server.world.self);
  }

  get committed(): number {
    return this.log.committed;
  }

  get isUpdating(): boolean {
    return this.server.isUpdating;
  }

  get elsewhere(): readonly AppliedShares[] {
    return this.opening.elsewhere;
  }

  /** Something that a worker or another server says to it; false if it is for no leader. */
  take(message: ServerMessage, from: NodeId): boolean {
    if (message.kind === 'pull') this.model.pulled(from, message);
    else if (message.kind === 'push') this.model.pushed(from, message);
    else if (message.kind === 'enter') {
      this.model.entered(from, message.inHand);
      this.opening.entered(from);
      this.establish();
    } else if (message.kind === 'in-place') this.placed(from);
    else if (message.kind === 'ready') {
      this.opening.ready(message.shard, message.applied);
      this.establish();
    } else if (message.kind === 'append-ack') {
      this.server.chain.acked = message.number + 1;
      this.commit();
    } else return false;
    return true;
  }

  append(update: Omit<Update, 'number'>): void {
    const numbered = { ...update, number: this.log.received };
    this.log.pending.push(numbered);
    this.server.chain.pass(numbered, this.committed);
  }

  answer(worker: NodeId, { work, more, safe, version, hasWeights = false }: Answer): void {
    const { shard, log, costs, server } = this;
    const { state } = log;
    const isBefore = version !== undefined && version < state.steps;
    const weights = isBefore ? state.before : (state.weights?.parameters ?? null);
    const reply: PullReply = {
      kind: 'pull-reply',
      epoch: server.view.epoch,
      shard,
      version: version ?? state.steps,
      weights: hasWeights ? null : (weights?.slice() ?? null),
      work,
      more,
      safe,
    };
    if (server.isWatched) server.redone.given(work);
    const items = WORK_ITEM_BYTES * Math.max(0, work.length - 1);
    this.world.send(worker, reply, items + (hasWeights ? 0 : costs.vectorBytes));
  }

  dismiss(worker: NodeId): void {
    const { shard, log, server } = this;
    const { epoch } = server.view;
    const over = { version: log.state.steps, weights: null, work: [], more: false, safe: 0 };
    this.world.send(worker, { kind: 'pull-reply', epoch, shard, ...over }, 0);
  }

  repeated(event: string): void {
    if (!this.server.isWatched) this.refuse(event);
  }

  refuse(event: string): never {
    return this.server.refuse(event);
  }

  /** Sends the state to those who lack it; no update is in the engine. */
  sendStates(): void {
    const { log, costs, server, world } = this;
    for (const standby of this.owed.splice(0)) {
      const copy = log.copy();
      const vectors = 1 + copy.pending.length + (copy.state.before === null ? 0 : 1);
      const bytes = vectors * costs.vectorBytes + costs.optimizerBytes;
      world.send(standby, { kind: 'state', epoch: server.view.epoch, copy }, bytes);
    }
  }

  /** All members are in the view. Weights are whole once all shards have told of them in one view. */
  beEstablished(): void {
    const { log, server } = this;
    this.isEstablished = true;
    server.membership.committed();
    const values = log.state.weights?.parameters;
    const version = this.training.iterations;
    if (values !== undefined && log.committed === log.total)
      tellWeights(this.world, { version, values, epoch: server.view.epoch }, server.settings);
    this.commit();
  }

  /** What is applied here and is with the tail, in a view that all are in, is safe. */
  commit(): void {
    const { log, server, model } = this;
    if (!this.isEstablished) return;
    server.committedUpTo(Math.min(server.chain.acked, log.state.steps));
    if (!server.membership.admitting()) model.serve();
  }

  waitsFor(): string {
    if (this.isEstablished) return this.model.waitsFor();
    return this.shard === 0 ? this.opening.waitsFor() : 'all others to enter the view';
  }

  /** A server of the chain has the state: once all have, the first shard is told. */
  private placed(standby: NodeId): void {
    const { shard, log, plan, world, workers, server } = this;
    if (!server.chain.place(standby)) return;
    if (shard === 0) {
      this.opening.ready(0, null);
      return this.establish();
    }
    const shares = log.pending.filter(({ share }) => share !== null);
    const numbers = shares.map(({ iteration, share }) => iteration * workers + share!);
    const applied = [...log.state.applied.toList(), ...numbers];
    const ready = { kind: 'ready', epoch: server.view.epoch, shard, applied } as const;
    world.send(plan.shards[0].chain[0], ready, SMALL_BYTES + 8 * applied.length);
  }

  private establish(): void {
    if (this.isEstablished || !this.opening.isOver) return;
    const { epoch, members } = this.server.view;
    for (const member of members)
      if (member !== this.world.self)
        this.world.send(member, { kind: 'established', epoch }, SMALL_BYTES);
    this.beEstablished();
  }
}
