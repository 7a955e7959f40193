/**
 * Bulk synchronous parallel (Valiant, CACM 1990; PROTOCOLS D): a shard collects every share of a batch, adds them in the
 * order of shares whatever order they come in, updates once, and only then answers the pulls of the next iteration, in
 * worker order too. So its weights are those of sequential SGD that sums the same shares in the same order. Each worker has
 * its own share, and the living have those of the dead: the sums stay the same bit for bit.
 */
import type { NodeId } from '../../../../engine/world.ts';
import { allocate, type FloatArray } from '../../../learning/float-array.ts';
import type { ConsistencyKind, ConsistencyModel, Shard, WorkDesk } from './consistency.ts';
import { ParameterServerJob } from '../jobs.ts';
import { nothing } from '../nothing.ts';
import type { Pull, Push } from '../messages.ts';
import type { WorkItem } from '../work-item.ts';
import { sharesOf } from '../plan.ts';
import { someOf } from './some-of.ts';

export class BulkSynchronous implements ConsistencyModel {
  /** Shares below this one are in the sum. */
  private added = 0;
  private lossSum = 0;
  private sum: FloatArray | null;
  /** By share: a push that is not in the sum yet. */
  private readonly buffered: (Push | null)[];
  /** By worker: its pull, while it waits for the weights of an iteration. */
  private readonly waiting: (Pull | null)[];
  /** By worker: what it had in hand as the view began. */
  private readonly inHand: (readonly WorkItem[])[];
  /** By worker: shares that it computes. */
  private readonly shares: readonly (readonly number[])[];

  constructor(
    protected readonly server: Shard,
    protected readonly desk: WorkDesk,
  ) {
    const { books, costs, plan, settings } = server;
    const { workers } = settings.layout;
    this.buffered = new Array<Push | null>(workers).fill(null);
    this.waiting = new Array<Pull | null>(workers).fill(null);
    this.inHand = new Array<readonly WorkItem[]>(workers).fill([]);
    this.sum = this.emptySum();
    this.shares = sharesOf(plan, workers);
    books.set('gradient sum', costs.gradientBytes);
  }

  entered(worker: NodeId, inHand: readonly WorkItem[]): void {
    this.inHand[worker] = inHand;
  }

  /** Every update needs all shares. */
  lost(): boolean {
    return false;
  }

  heard(): void {}

  /** It sets no alarm. */
  woken(): void {}

  elsewhere(): boolean {
    return true;
  }

  /** A pull of the present iteration may come late, between the pushes of others: additions leave the weights alone. */
  pulled(worker: NodeId, pull: Pull): void {
    const { clock } = pull;
    const { first, desk } = this;
    const { received } = this.server.log;
    const isLate = clock < received && clock !== first;
    if (clock > received + 1 || isLate || this.waiting[worker] !== null)
      desk.refuse(eventOf('pull', clock, worker));
    if (clock < received) desk.repeated(eventOf('pull', clock, worker));
    this.waiting[worker] = pull;
    this.answer(worker, pull);
  }

  pushed(worker: NodeId, push: Push): void {
    const { iteration, share } = push;
    const { server, desk, buffered, added } = this;
    const { received } = server.log;
    if (iteration > received) desk.refuse(eventOf('push', iteration, worker));
    desk.isIn(worker, iteration + 1);
    const isTaken = share < added || buffered[share] !== null;
    if (iteration < received || isTaken) return desk.repeated(eventOf('push', iteration, worker));
    buffered[share] = push;
    server.books.add('pushes', server.costs.wireBytes);
  }

  nextJob(): ParameterServerJob | null {
    const { added, sum } = this;
    const { log, costs } = this.server;
    const push = this.buffered[added] ?? null;
    if (push === null) return null;
    const task = { iteration: log.received, version: log.received, worker: added };
    const run = addition(sum, push.gradient);
    return new ParameterServerJob('add', costs.add, task, run);
  }

  jobDone(): void {
    const { books, costs, settings, log } = this.server;
    this.lossSum += this.buffered[this.added]!.lossSum ?? 0;
    this.buffered[this.added] = null;
    books.add('pushes', -costs.wireBytes);
    this.added++;
    if (this.added < settings.layout.workers) return;
    const { sum: gradient } = this;
    const lossSum = gradient === null ? null : this.lossSum;
    this.sum = this.emptySum();
    this.added = 0;
    this.lossSum = 0;
    const { batch: samples } = settings.training;
    const number = log.received;
    this.desk.append({ number, items: null, samples, gradient, lossSum });
  }

  applied(): void {}

  serve(): void {
    const { waiting } = this;
    for (let worker = 0; worker < waiting.length; worker++) {
      const pull = waiting[worker];
      if (pull !== null) this.answer(worker, pull);
    }
  }

  waitsFor(): string {
    const { committed, received } = this.server.log;
    if (committed < received) return `the tail's word for update ${committed}`;
    const missing: string[] = [];
    for (let share = this.added; share < this.buffered.length; share++)
      if (this.buffered[share] === null) missing.push(`${share}`);
    const whose = missing.length === 1 ? 'the push of worker' : 'the pushes of workers';
    return `${whose} ${someOf(missing)} for clock ${received}`;
  }

  /** The iteration that the view began with. */
  protected get first(): number {
    return this.server.plan.clock!;
  }

  /** Whether the weights of that iteration are there and, but for those that the view began with, committed. */
  protected canServe(clock: number): boolean {
    const { server, first } = this;
    const { state, committed } = server.log;
    const isThere = state.steps === clock || state.steps === clock + 1;
    return !server.isUpdating && isThere && (clock === first || committed >= clock);
  }

  private answer(worker: NodeId, { clock, has }: Pull): void {
    const { server, desk } = this;
    if (!this.canServe(clock)) return;
    this.waiting[worker] = null;
    const { training, shard } = server.settings;
    if (clock >= training.iterations) return desk.dismiss(worker);
    const isMore = clock + 1 < training.iterations;
    const answer = { version: clock, has };
    if (shard > 0) return desk.answer(worker, null, true, answer);
    // As good as always it has its own share to compute, and no other.
    if (this.hasOwnAlone(worker))
      return desk.answer(worker, { iteration: clock, share: worker }, isMore, answer);
    const [work = null, ...further] = this.workFor(worker, clock);
    desk.answer(worker, work, work === null || isMore, { ...answer, further });
  }

  private hasOwnAlone(worker: NodeId): boolean {
    return (
      this.server.plan.workers.length === this.shares.length && this.inHand[worker].length === 0
    );
  }

  protected workFor(worker: NodeId, clock: number): readonly WorkItem[] {
    const work = this.shares[worker].map((share) => ({ iteration: clock, share }));
    const inHand = this.inHand[worker];
    if (inHand.length === 0) return work;
    return work.filter(
      ({ share }) => !inHand.some((item) => item.iteration === clock && item.share === share),
    );
  }

  private emptySum(): FloatArray | null {
    const { log, settings } = this.server;
    const { weights } = log.state;
    return weights && allocate(settings.training.precision, weights.parameters.length);
  }
}

function eventOf(what: string, clock: number, worker: NodeId): string {
  return `${what} of clock ${clock} from worker ${worker}`;
}

/** Adds a gradient to a sum; the order of these decides the sum's last bits. Nothing under `numerics: 'cost'`. */
export function addition(sum: FloatArray | null, gradient: FloatArray | null): () => void {
  return sum === null || gradient === null ? nothing : () => addTo(sum, gradient);
}

function addTo(sum: FloatArray, gradient: FloatArray): void {
  const count = sum.length;
  for (let k = 0; k < count; k++) sum[k] += gradient[k];
}

export const bulkSynchronous: ConsistencyKind = {
  sums: true,
  sparesWorkers: false,
  create: (shard, desk) => new BulkSynchronous(shard, desk),
};
