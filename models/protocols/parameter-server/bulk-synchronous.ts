/**
 * Bulk synchronous parallel (Valiant, CACM 1990; PROTOCOLS D): a shard collects every share of a batch, adds them in the
 * order of shares whatever order they come in, updates once, and only then answers the pulls of the next iteration, in
 * worker order too. So its weights are those of sequential SGD that sums the same shares in the same order. Each worker has
 * its own share, and the living have those of the dead: the sums stay the same bit for bit.
 */
import type { NodeId } from '../../../engine/world.ts';
import { allocate, type FloatArray } from '../../learning/float-array.ts';
import {
  type ConsistencyKind,
  type ConsistencyModel,
  type ShardContext,
  someOf,
} from './consistency.ts';
import { nothing, type ParameterServerJob } from './jobs.ts';
import type { Pull, Push, WorkItem } from './messages.ts';
import { ownersOf } from './plan.ts';

export class BulkSynchronous implements ConsistencyModel {
  /** Shares below this one are in the sum. */
  private added = 0;
  private lossSum = 0;
  private sum: FloatArray | null;
  /** By share: a push that is not in the sum yet. */
  private readonly buffered: (Push | null)[];
  /** Workers that wait for the weights of an iteration. */
  private readonly waiting = new Map<NodeId, Pull>();
  /** By worker: pushes in the view. */
  private readonly pushes = new Map<NodeId, number>();
  /** By worker: what it had in hand as the view began. */
  private readonly inHand = new Map<NodeId, readonly WorkItem[]>();
  /** By worker: shares that it computes. */
  private readonly shares = new Map<NodeId, number[]>();

  constructor(private readonly context: ShardContext) {
    const { workers, books, costs, plan } = context;
    this.buffered = new Array<Push | null>(workers).fill(null);
    this.sum = this.emptySum();
    ownersOf(plan, workers).forEach((owner, share) =>
      this.shares.set(owner, [...(this.shares.get(owner) ?? []), share]),
    );
    books.set('gradient sum', costs.vectorBytes);
  }

  entered(worker: NodeId, inHand: readonly WorkItem[]): void {
    this.inHand.set(worker, inHand);
  }

  /** A pull of the present iteration may come late, between the pushes of others: additions leave the weights alone. */
  pulled(worker: NodeId, pull: Pull): void {
    const { clock } = pull;
    const { first, context } = this;
    const { received } = context.log;
    const isLate = clock < received && clock !== first;
    if (clock > received + 1 || isLate || this.waiting.has(worker))
      context.refuse(`pull of clock ${clock} from worker ${worker}`);
    if (clock < received) context.repeated(`pull of clock ${clock} from worker ${worker}`);
    this.waiting.set(worker, pull);
    this.answer(worker, pull);
  }

  pushed(worker: NodeId, push: Push): void {
    const { iteration, share } = push;
    const { context, buffered, added } = this;
    const { received } = context.log;
    this.pushes.set(worker, (this.pushes.get(worker) ?? 0) + 1);
    const event = `push of clock ${iteration} from worker ${worker}`;
    if (iteration > received) context.refuse(event);
    const isTaken = share < added || buffered[share] !== null;
    if (iteration < received || isTaken) return context.repeated(event);
    buffered[share] = push;
    context.books.add('pushes', context.costs.vectorBytes);
  }

  nextJob(): ParameterServerJob | null {
    const { added, context, sum } = this;
    const { received } = context.log;
    const push = this.buffered[added] ?? null;
    if (push === null) return null;
    const { gradient } = push;
    return {
      name: `add ${received}/${added}`,
      flops: context.costs.addFlops,
      run: sum === null || gradient === null ? nothing : () => addTo(sum, gradient),
      pass: 'add',
      iteration: received,
      version: received,
      worker: added,
    };
  }

  jobDone(): void {
    const { context } = this;
    this.lossSum += this.buffered[this.added]!.lossSum ?? 0;
    this.buffered[this.added] = null;
    context.books.add('pushes', -context.costs.vectorBytes);
    this.added++;
    if (this.added < context.workers) return;
    const { training, log } = context;
    const { sum: gradient } = this;
    const lossSum = gradient === null ? null : this.lossSum;
    this.sum = this.emptySum();
    this.added = 0;
    this.lossSum = 0;
    const iteration = log.received;
    context.append({ iteration, share: null, samples: training.batch, gradient, lossSum });
  }

  applied(): void {}

  serve(): void {
    const { waiting } = this;
    const inOrder = [...waiting.keys()].sort((one, other) => one - other);
    for (const worker of inOrder) this.answer(worker, waiting.get(worker)!);
  }

  waitsFor(): string {
    const { log, committed } = this.context;
    if (committed < log.received) return `the tail's word for update ${committed}`;
    const missing: string[] = [];
    for (let share = this.added; share < this.buffered.length; share++)
      if (this.buffered[share] === null) missing.push(`${share}`);
    const whose = missing.length === 1 ? 'the push of worker' : 'the pushes of workers';
    return `${whose} ${someOf(missing)} for clock ${log.received}`;
  }

  /** The iteration that the view began with. */
  private get first(): number {
    return this.context.plan.clock!;
  }

  /** Answers once the weights of that iteration are there and, but for those that the view began with, committed. */
  private answer(worker: NodeId, { clock, has }: Pull): void {
    const { context, first } = this;
    const { state } = context.log;
    const isNow = state.steps === clock && !context.isUpdating;
    const isBefore = state.steps === clock + 1 && !context.isUpdating;
    const isSafe = clock === first || context.committed >= clock;
    if (!(isNow || isBefore) || !isSafe) return;
    this.waiting.delete(worker);
    const { iterations } = context.training;
    if (clock >= iterations) return context.dismiss(worker);
    const work = context.shard === 0 ? this.workFor(worker, clock) : [];
    const safe = clock > first ? (this.pushes.get(worker) ?? 0) : 0;
    const more = work.length === 0 || clock + 1 < iterations;
    context.answer(worker, { work, more, safe, version: clock, hasWeights: has === clock });
  }

  private workFor(worker: NodeId, clock: number): WorkItem[] {
    const inHand = this.inHand.get(worker) ?? [];
    const has = (share: number): boolean =>
      inHand.some((item) => item.iteration === clock && item.share === share);
    const shares = (this.shares.get(worker) ?? []).filter((share) => !has(share));
    return shares.map((share) => ({ iteration: clock, share }));
  }

  private emptySum(): FloatArray | null {
    const { weights } = this.context.log.state;
    return weights && allocate(this.context.training.precision, weights.parameters.length);
  }
}

/** The order of these calls decides the sum's last bits. */
function addTo(sum: FloatArray, gradient: FloatArray): void {
  const count = sum.length;
  for (let k = 0; k < count; k++) sum[k] += gradient[k];
}

export const bulkSynchronous: ConsistencyKind = {
  sums: true,
  create: (context) => new BulkSynchronous(context),
};
