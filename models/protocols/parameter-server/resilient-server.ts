/**
 * A server that can lose its peers, or be lost (PROTOCOLS C and D): head, standby, or on its way to become one. It runs
 * its engine and passes updates down the chain; what a head does for its workers is the consistency model's
 * business, who takes part that of its membership.
 */
import type { Job, Message, Node, NodeId, World } from '../../../engine/world.ts';
import { savesCheckpoint } from '../../replication/checkpoints.ts';
import { MemoryItems } from '../../costs/memory-items.ts';
import { Chain } from './chain.ts';
import type { WholeModelCosts } from '../../costs/whole-model-costs.ts';
import { consistencyOf } from './consistencies.ts';
import type { ConsistencyModel, ConsistencyContext } from './consistency-model.ts';
import { Follower, type CommitNotice } from './follower.ts';
import { Replica, type ReplicaEntry, type ReplicaState } from './replica.ts';
import { ProtocolViolation } from './protocol-violation.ts';
import type * as Says from './resilient-messages.ts';
import { SMALL_BYTES } from './resilient-messages.ts';
import { othersThan, type ResilientServerSettings } from './resilient-settings.ts';
import type { PrimaryRole } from './primary-role.ts';
import { ServerMembership } from './server-membership.ts';
import { continues, type ServerView } from './view.ts';

export type ResilientServerPhase =
  'serving' | 'updating' | 'standing by' | 'electing' | 'halted' | 'joining' | 'loading' | 'done';

/** What the engine is at. */
type Running = 'nothing' | 'update' | 'duty' | 'void';

export class ResilientServer implements Node, ConsistencyContext, PrimaryRole {
  readonly replica: Replica;
  readonly costs: WholeModelCosts;
  readonly books: MemoryItems;
  readonly workers: number;
  committed = 0;
  private readonly membership: ServerMembership;
  private readonly follower: Follower;
  private readonly chain: Chain;
  private consistency: ConsistencyModel | null = null;
  private running: Running = 'nothing';
  private done = false;
  /** What workers have said in a session that is not in force yet. */
  private early: { message: Says.WorkPull | Says.SharePush; from: NodeId }[] = [];

  constructor(
    readonly world: World,
    private readonly settings: ResilientServerSettings,
  ) {
    const { mode, workers, training, costs, weights, checkpoint } = settings;
    this.costs = costs;
    this.workers = workers;
    this.books = new MemoryItems(world);
    this.replica = new Replica(mode, workers, training, weights);
    const saves = (version: number): boolean =>
      this.consistency !== null && savesCheckpoint(checkpoint, training.iterations, version);
    this.follower = new Follower(world, this.replica, training, costs, this.books, saves);
    this.membership = new ServerMembership(world, settings, this);
    this.chain = new Chain(world, costs.vectorBytes, this.served);
    if (this.served !== null) this.consistency = consistencyOf(this, this.settings);
  }

  get phase(): ResilientServerPhase {
    const { membership } = this;
    if (this.done) return 'done';
    if (membership.isHalted) return 'halted';
    if (membership.isLoading) return 'loading';
    if (membership.election.phase !== 'idle') return 'electing';
    if (!membership.acceptor.takesPart) return 'joining';
    if (membership.served === null) return 'standing by';
    return this.running === 'update' ? 'updating' : 'serving';
  }

  get finished(): boolean {
    return this.done;
  }

  get served(): ServerView | null {
    return this.membership.served;
  }

  get received(): number {
    return this.follower.received;
  }

  get settled(): boolean {
    return this.follower.next === null;
  }

  get safe(): number {
    return this.chain.acked;
  }

  start(): void {
    this.membership.start();
  }

  receive(message: Message, from: NodeId): void {
    const said = message as Says.ResilientMessage;
    if (said.kind === 'done') return this.finish();
    if (this.done) return this.world.send(from, { kind: 'done' }, SMALL_BYTES);
    this.membership.heard(from);
    if (said.kind === 'work-pull' || said.kind === 'share-push') this.takeFromWorker(said, from);
    else if (said.kind === 'append') this.takeAppend(said);
    else if (said.kind === 'append-ack') this.takeAppendAck(said);
    else if (!this.membership.receive(message, from))
      throw this.violation(`${message.kind} from node ${from}`);
    this.advance();
  }

  computed(job: Job): void {
    const { running } = this;
    this.running = 'nothing';
    if (this.done) return;
    if (running === 'update') this.endUpdate();
    else if (running === 'duty') this.consistency!.jobDone();
    else if (running === 'nothing') throw this.violation(`the end of job ${job.name}`);
    this.advance();
  }

  woken(alarm: string): void {
    if (this.done) return;
    this.membership.woken(alarm);
    this.advance();
  }

  suspected(peer: NodeId): void {
    if (this.done) return;
    this.membership.suspected(peer);
    this.advance();
  }

  saved(name: string, isNewest: boolean): void {
    this.membership.keeper.saved(name, isNewest);
  }

  loaded(name: string, value: object | null): void {
    this.membership.loaded(name, value);
    this.advance();
  }

  waitsFor(): string {
    const { membership } = this;
    if (membership.isHalted) return 'a majority of the nodes of its epoch';
    if (membership.isLoading) return 'the last checkpoint';
    if (membership.election.phase !== 'idle') return 'the promises of the other nodes';
    if (!membership.acceptor.takesPart) return 'being let in by a head';
    if (this.consistency === null)
      return `the updates of head ${membership.acceptor.view!.chain[0]}`;
    if (this.committed < this.received) return `the tail's word for update ${this.committed}`;
    return this.consistency.waitsFor();
  }

  get untold(): readonly CommitNotice[] {
    return this.follower.untold;
  }

  restore(state: ReplicaState, notices: readonly CommitNotice[] = []): void {
    this.follower.restore(state, notices);
    this.committed = notices[0]?.number ?? state.steps;
  }

  append(entry: Omit<ReplicaEntry, 'number'>): void {
    const numbered = { ...entry, number: this.received };
    this.follower.take(numbered);
    this.chain.append(numbered, this.committed, !this.membership.mayCommit);
  }

  lead(
    view: ServerView,
    before: ServerView | null,
    working: Map<NodeId, readonly Says.WorkItem[]>,
  ): void {
    if (before === null) {
      this.chain.lead(view, this.received);
      this.consistency = consistencyOf(this, this.settings);
    } else this.chain.mend(view, this.committed);
    for (let worker = 0; worker < this.workers; worker++)
      if (before !== null && before.lives[worker] >= 0 && !continues(before, view, worker))
        this.consistency!.removed(worker);
    this.commit();
    if (this.done) return;
    for (const [worker, items] of working) if (worker < this.workers) this.greeted(worker, items);
    for (const { message, from } of this.early.splice(0)) this.takeFromWorker(message, from);
  }

  greeted(worker: NodeId, working: readonly Says.WorkItem[]): void {
    this.consistency!.greeted(worker, working);
  }

  follow(state: ReplicaState | null, notices: readonly CommitNotice[]): void {
    this.early = [];
    if (state === null) return;
    this.restore(state, notices);
    // What the engine is at was for the state that is gone.
    if (this.running === 'update') this.running = 'void';
  }

  stepDown(): void {
    this.early = [];
    if (this.running === 'duty') this.running = 'void';
    this.consistency?.end();
    this.consistency = null;
  }

  private takeFromWorker(message: Says.WorkPull | Says.SharePush, from: NodeId): void {
    const { membership, consistency } = this;
    const inForce = membership.served?.sessions[from];
    if (message.session === inForce && membership.served!.lives[from] >= 0) {
      if (message.kind === 'work-pull') consistency!.pulled(from, message.version);
      else consistency!.pushed(from, message);
    } else if (message.session === membership.acceptor.view?.sessions[from])
      this.early.push({ message, from });
  }

  /** A standby takes an update in, once, and passes it on; the tail says that it has it. */
  private takeAppend(append: Says.Append): void {
    const { epoch, entry, committed } = append;
    const { acceptor } = this.membership;
    if (!acceptor.takesPart || acceptor.view!.epoch !== epoch || acceptor.promised > epoch) return;
    if (entry.number > this.received) throw this.violation(`update ${entry.number} out of order`);
    this.chain.pass(acceptor.view!, append);
    this.committed = Math.max(this.committed, committed);
    this.follower.tell(this.committed);
    if (entry.number === this.received) this.follower.take(entry);
  }

  private takeAppendAck({ epoch, number }: Says.AppendAck): void {
    const { acceptor, served } = this.membership;
    if (!acceptor.takesPart || acceptor.promised > epoch || acceptor.view!.epoch !== epoch) return;
    if (served === null) return this.chain.passBack(acceptor.view!, number);
    this.chain.acknowledge(number);
    this.commit();
  }

  /** Gives the engine its next job, if it is free: updates first. */
  private advance(): void {
    while (this.running === 'nothing' && !this.done) {
      const entry = this.follower.next;
      if (entry !== null) {
        if (!entry.lost) return this.beginUpdate(entry);
        this.endUpdate();
        continue;
      }
      if (this.membership.election.phase === 'preparing') this.membership.election.evaluate();
      if (!this.membership.serves) return;
      const job = this.consistency!.nextJob();
      if (job !== null) {
        this.running = 'duty';
        return this.world.compute(job);
      }
      if (this.follower.next === null) return;
    }
  }

  private beginUpdate(entry: ReplicaEntry): void {
    const adds = this.consistency !== null && entry.share !== null;
    const flops = this.costs.updateFlops + (adds ? this.costs.addFlops : 0);
    this.running = 'update';
    this.world.compute(this.follower.job(entry, flops));
  }

  private endUpdate(): void {
    const entry = this.follower.settle();
    this.consistency?.applied(entry);
    this.commit();
  }

  /** Tells of what is safe by now: applied here, at the tail, in an epoch that nobody is about to end. */
  private commit(): void {
    const { mayCommit, served, keeper } = this.membership;
    if (!mayCommit) return;
    this.committed = Math.max(this.committed, Math.min(this.chain.acked, this.replica.steps));
    for (const notice of this.follower.tell(this.committed)) {
      this.follower.publish(notice, served!.epoch);
      if (notice.state !== null)
        keeper.save(served!.epoch, notice.note!.iteration + 1, notice.state);
    }
    if (this.committed === this.replica.total) this.finish();
    else this.consistency?.serve();
  }

  /** Training is over. Who had it all safe says so; once others have led, so does each server that hears it. */
  private finish(): void {
    if (this.done) return;
    this.done = true;
    const isWhole = this.consistency !== null && this.committed === this.replica.total;
    if (!isWhole) this.consistency?.end();
    const tells = isWhole || this.membership.acceptor.promised > 0;
    const others = othersThan(this.world.self, this.settings.nodes);
    for (const node of others) this.world.unwatch(node);
    if (tells) for (const node of others) this.world.send(node, { kind: 'done' }, SMALL_BYTES);
  }

  private violation(event: string): ProtocolViolation {
    return new ProtocolViolation('server', this.world.self, this.phase, event);
  }
}
