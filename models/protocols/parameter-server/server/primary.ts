/**
 * What the first server of a chain does in one view (PROTOCOLS D): it answers workers by its consistency model, makes
 * updates, sees to it that its standbys have the state, and commits what the tail has.
 */
import type { NodeId, World } from '../../../../engine/world.ts';
import type { ViewService } from '../../../membership/fixed-view.ts';
import type { View } from '../../../membership/view.ts';
import type { ConsistencyModel } from './consistency.ts';
import { Desk, type DeskServer } from './desk.ts';
import type { ParameterServerJob } from '../jobs.ts';
import type { ServerMessage } from '../messages.ts';
import type { Inventory, ServerPlan } from '../plan.ts';
import { AbsentWorkers } from '../recovery/absent-workers.ts';
import { Opening } from '../recovery/opening.ts';
import { Products } from './products.ts';
import { tellPresent, tellWeights } from './telling.ts';

/** The server that leads. */
export interface PrimaryServer extends DeskServer {
  readonly membership: ViewService<Inventory, ServerPlan>;
  /** Tells of what is committed, and says if nothing is left to do. */
  committedUpTo(updates: number): void;
}

export class Primary {
  readonly world: World<ServerMessage>;
  readonly view: View;
  readonly plan: ServerPlan;
  readonly shard: number;
  readonly model: ConsistencyModel;
  private readonly desk: Desk;
  private readonly server: PrimaryServer;
  private readonly opening: Opening;
  /** Null where workers push gradients. */
  private readonly products: Products | null;
  private readonly absent: AbsentWorkers;
  /** Standbys that are to be sent the state once no update is in the engine. */
  private owed: NodeId[];
  /** Bytes of pushes that are on their way in parts, by worker. */
  private parts: Map<NodeId, number> | null = null;

  constructor(server: PrimaryServer) {
    const { settings, plan, world, view } = server;
    const { chain, holders } = plan.shards[settings.shard];
    this.server = server;
    this.world = world;
    this.view = view;
    this.plan = plan;
    this.shard = settings.shard;
    server.books.set('parts', 0);
    this.opening = new Opening(this);
    this.absent = new AbsentWorkers(this);
    this.owed = chain.slice(holders > 0 ? holders : chain.length);
    this.desk = new Desk(server, this.absent);
    this.products = settings.terms && new Products(server, settings.terms);
    this.model = settings.consistency.create(server, this.desk);
    if (server.isWatched) this.opening.placed(world.self);
  }

  /** Something that a worker or another server says to it; false if it is for no primary. */
  take(message: ServerMessage, from: NodeId): boolean {
    const { model, opening, absent } = this;
    if (from < this.server.settings.layout.workers) absent.heard(from);
    switch (message.kind) {
      case 'pull':
        model.pulled(from, message);
        return true;
      case 'push-part':
        this.partCame(from, message.bytes);
        return true;
      case 'push':
        this.partCame(from, 0);
        if (this.products === null) model.pushed(from, message);
        else this.products.add(from, message);
        return true;
      case 'enter':
        model.entered(from, message.inHand);
        opening.entered(from);
        return true;
      case 'in-place':
        opening.placed(from);
        return true;
      case 'check':
        opening.tellReady();
        return true;
      case 'ready':
        if (!model.elsewhere(message.applied)) this.server.membership.initiate();
        opening.ready(message.shard);
        return true;
      case 'hears':
        if (message.isHeard) absent.heard(message.worker, message.shard);
        else if (!absent.lost(message.worker, message.shard)) this.server.membership.initiate();
        return true;
      case 'append-ack':
        this.server.chain.acked = message.upTo;
        this.commit();
        return true;
      default:
        return false;
    }
  }

  /** Work for the server's engine beside updates. */
  nextJob(): ParameterServerJob | null {
    return this.products?.nextJob() ?? this.model.nextJob();
  }

  /** It is done. */
  jobDone(pass: ParameterServerJob['pass'] | null): void {
    if (pass === 'add') this.model.jobDone();
    if (pass !== 'multiply') return;
    const { worker, push } = this.products!.jobDone();
    this.model.pushed(worker, push);
  }

  /** Of the push to come from that worker; 0: all of it is here, and counts as a push. */
  private partCame(worker: NodeId, bytes: number): void {
    if (this.parts === null && bytes === 0) return;
    this.parts ??= new Map();
    const here = this.parts.get(worker) ?? 0;
    this.parts.set(worker, bytes === 0 ? 0 : here + bytes);
    this.server.books.add('parts', bytes === 0 ? -here : bytes);
  }

  /** A member is not heard any more: whether the others go on in this view without it. */
  spares(node: NodeId): boolean {
    const { consistency, layout } = this.server.settings;
    return (
      consistency.sparesWorkers &&
      this.desk.isEstablished &&
      node < layout.workers &&
      this.absent.lost(node)
    );
  }

  takeBack(worker: NodeId): boolean {
    return this.model.lost(worker);
  }

  giveBack(worker: NodeId): void {
    this.model.heard(worker);
  }

  tellMembers(members: readonly NodeId[], joined: readonly NodeId[]): void {
    const { log, settings } = this.server;
    const { layout } = settings;
    const version = Math.floor(log.committed / layout.workers);
    tellPresent(this.world, this.view, layout.nodesOf(members), layout.nodesOf(joined), version);
  }

  applied(): number[] {
    return this.server.log.applied();
  }

  /** Sends the state to those who lack it; no update is in the engine. */
  sendStates(): void {
    if (this.owed.length === 0) return;
    const { log, costs } = this.server;
    for (const standby of this.owed.splice(0)) {
      const copy = log.copy();
      const { stateBytes, weightBytes, wireBytes } = costs;
      const before = copy.state.before === null ? 0 : weightBytes;
      const bytes = stateBytes + before + copy.pending.length * wireBytes;
      this.world.send(standby, { kind: 'state', epoch: this.view.epoch, copy }, bytes);
    }
  }

  /** All members are in the view. Weights are whole once all shards have told of them in one view. */
  beEstablished(): void {
    const { log, membership, settings } = this.server;
    this.desk.isEstablished = true;
    this.opening.isOver = true;
    membership.committed();
    const values = log.state.weights?.parameters;
    const version = settings.training.iterations;
    if (values !== undefined && log.committed === log.total)
      tellWeights(this.world, { version, values, epoch: this.view.epoch }, settings);
    this.commit();
  }

  /** What is applied here and is with the tail, in a view that all are in, is safe. */
  commit(): void {
    const { log, membership, chain } = this.server;
    if (!this.desk.isEstablished) return;
    this.server.committedUpTo(Math.min(chain.acked, log.state.steps));
    // The run ends in a view of those who are heard.
    if (log.committed === log.total && this.absent.size > 0) return membership.initiate();
    if (!membership.admitting()) this.model.serve();
  }

  waitsFor(): string {
    return this.desk.isEstablished ? this.model.waitsFor() : this.opening.waitsFor();
  }
}
