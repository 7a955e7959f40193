/**
 * Stale synchronous parallel (Ho et al., NIPS 2013; PROTOCOLS D): whoever has finished c iterations may read weights that
 * lack updates of the last s, and waits while somebody has finished fewer than c - s. What a worker pushes at the end of
 * an iteration is applied as soon as its next read may be answered. What of one iteration may be applied at the same moment
 * is one update, summed in order of shares: with s = 0 that is a whole iteration, as under bulk synchronous parallel.
 */
import type { NodeId } from '../../../../engine/world.ts';
import { NOTES } from '../../../spec/notes.ts';
import type { ParameterServerJob } from '../jobs.ts';
import type { Pull, Push } from '../messages.ts';
import { sharesOf } from '../plan.ts';
import type { ConsistencyKind, ConsistencyModel, Shard, WorkDesk } from '../server/consistency.ts';
import { someOf } from '../server/some-of.ts';
import type { WorkItem } from '../work-item.ts';
import { Clocks } from './clocks.ts';
import { GroupSum } from './group-sum.ts';
import { PushReceipts, type Receipt } from './push-receipts.ts';

/** A push that is in no update yet. */
interface Held {
  readonly push: Push;
  readonly receipt: Receipt;
}

export class StaleSynchronous implements ConsistencyModel {
  private readonly clocks: Clocks;
  private readonly receipts = new PushReceipts();
  /** Pushes of workers that are too far ahead, and those that may be applied. */
  private held: Held[] = [];
  private ready: Held[] = [];
  /** What is being added up. */
  private group: readonly Held[] = [];
  private readonly sum: GroupSum;
  /** Of the gradients in the update in work. */
  private staleness: readonly number[] = [];
  /** By worker: its pull, while others are too far behind; and workers whose pulls can be answered. */
  private readonly waiting: (Pull | null)[];
  private answerable: { readonly worker: NodeId; readonly pull: Pull }[] = [];
  /** By worker: the clock of the weights that it has read in the view; -1: it has read none. */
  private readonly read: number[];
  /** By worker: shares that it computes. */
  private readonly shares: readonly (readonly number[])[];

  constructor(
    private readonly server: Shard,
    private readonly desk: WorkDesk,
    private readonly slack: number,
  ) {
    const { log, plan, settings } = server;
    const { workers } = settings.layout;
    this.clocks = new Clocks(workers, log.applied());
    this.shares = sharesOf(plan, workers);
    this.read = new Array<number>(workers).fill(-1);
    this.waiting = new Array<Pull | null>(workers).fill(null);
    this.sum = new GroupSum(server);
  }

  entered(worker: NodeId, inHand: readonly WorkItem[]): void {
    this.desk.begun(worker, inHand);
  }

  /** Somebody else has to compute its share. */
  lost(): boolean {
    return false;
  }

  heard(): void {}

  elsewhere(): boolean {
    return true;
  }

  pulled(worker: NodeId, pull: Pull): void {
    if (this.waiting[worker] !== null)
      this.desk.refuse(`a second pull from worker ${worker} for clock ${pull.clock}`);
    if (pull.clock - this.slack <= this.clocks.lowest) this.answerable.push({ worker, pull });
    else this.waiting[worker] = pull;
  }

  pushed(worker: NodeId, push: Push): void {
    const { server, desk, clocks, receipts } = this;
    const { iteration, share } = push;
    if (clocks.has(push)) {
      desk.repeated(`push of clock ${iteration} from worker ${worker}`);
      const before = [...this.held, ...this.ready, ...this.group].find(
        (one) => one.push.iteration === iteration && one.push.share === share,
      );
      receipts.add(worker, before?.receipt ?? { updates: server.log.received });
      return;
    }
    const receipt: Receipt = { updates: null };
    if (server.settings.detector !== null) receipts.add(worker, receipt);
    server.books.add('pushes', server.costs.wireBytes);
    this.held.push({ push, receipt });
    if (clocks.add(push)) this.slowestMoved();
    else this.release();
    this.begins(worker);
  }

  /** Adds up what can be applied, or answers those who may read. */
  nextJob(): ParameterServerJob | null {
    const { sum, ready } = this;
    if (sum.isEmpty && ready.length > 0) {
      const first = Math.min(...ready.map(({ push }) => push.iteration));
      this.group = ready.filter(({ push }) => push.iteration === first);
      this.ready = ready.filter(({ push }) => push.iteration > first);
      sum.begin(this.group.map(({ push }) => push));
    }
    if (!sum.isEmpty) return sum.addition();
    for (const { worker, pull } of this.answerable.splice(0)) this.answer(worker, pull);
    return null;
  }

  jobDone(): void {
    const update = this.sum.ended();
    if (update === null) return;
    const { number } = update;
    const { group } = this;
    this.group = [];
    this.staleness = group.map(({ push }) => Math.max(0, number - push.version));
    for (const { receipt } of group) receipt.updates = number + group.length;
    this.desk.append(update);
  }

  applied(): void {
    const { world, settings } = this.server;
    // The first shard counts for all.
    if (settings.shard > 0) return;
    for (const updates of this.staleness) world.note(NOTES.staleness, updates);
    this.staleness = [];
  }

  serve(): void {}

  waitsFor(): string {
    const { clocks, server } = this;
    const { committed, received, total } = server.log;
    if (committed < received) return `the tail's word for update ${committed}`;
    if (received === total) return 'the end of the run';
    const shares = someOf(clocks.slowest().map(String));
    return `the pushes of shares ${shares} for clock ${clocks.lowest}`;
  }

  /** The slowest are a clock further: others may be so, too. */
  private slowestMoved(): void {
    const { waiting, answerable, slack, clocks } = this;
    this.release();
    for (let worker = 0; worker < waiting.length; worker++) {
      const pull = waiting[worker];
      if (pull === null || pull.clock - slack > clocks.lowest) continue;
      waiting[worker] = null;
      answerable.push({ worker, pull });
    }
  }

  /** Pushes can be applied whose workers may read on. */
  private release(): void {
    const { held, ready, slack, clocks } = this;
    const isReady = ({ push }: Held) => push.iteration + 1 - slack <= clocks.lowest;
    if (!held.some(isReady)) return;
    ready.push(...held.filter(isReady));
    this.held = held.filter((one) => !isReady(one));
  }

  /** All that the worker has pushed is applied. */
  private answer(worker: NodeId, { clock }: Pull): void {
    const { desk, receipts, clocks, read } = this;
    receipts.settle(worker, (updates) => desk.isIn(worker, updates));
    // In a new view the worker does not know how far its shares have come.
    const next = clock >= 0 ? undefined : this.nextOf(worker);
    desk.answer(worker, null, true, { clock: clocks.lowest, next });
    read[worker] = clocks.lowest;
    this.begins(worker);
  }

  /** Of each share of a worker, the first that is not here. */
  private nextOf(worker: NodeId): WorkItem[] {
    return this.shares[worker].map((share) => ({ iteration: this.clocks.at(share), share }));
  }

  /** With weights that are new enough a worker computes the earliest of these, and asks nobody. */
  private begins(worker: NodeId): void {
    const { settings } = this.server;
    if (settings.detector === null || settings.shard > 0) return;
    const next = this.nextOf(worker);
    const iteration = Math.min(...next.map((item) => item.iteration));
    if (this.read[worker] < Math.max(0, iteration - this.slack)) return;
    if (iteration < settings.training.iterations)
      this.desk.begun(worker, next.filter((item) => item.iteration === iteration).slice(0, 1));
  }
}

export function staleSynchronous(slack: number): ConsistencyKind {
  return {
    sums: false,
    sparesWorkers: false,
    create: (shard, desk) => new StaleSynchronous(shard, desk, slack),
  };
}
