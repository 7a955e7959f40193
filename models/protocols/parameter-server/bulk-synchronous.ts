/**
 * Bulk synchronous parallel (Valiant, CACM 1990; PROTOCOLS D): a shard collects one push a worker, adds them in worker
 * order whatever order they come in, updates once, and only then answers the pulls of the next iteration, in worker order
 * too. So its weights are those of sequential SGD that sums the same shares in the same order.
 */
import type { NodeId } from '../../../engine/world.ts';
import { type ConsistencyKind, type ConsistencyModel, type ShardContext } from './consistency.ts';
import { someOf } from './some-of.ts';
import { nothing, type ParameterServerJob } from './jobs.ts';
import type { Pull, Push } from './messages.ts';
import type { Update } from './shard-state.ts';

export class BulkSynchronous implements ConsistencyModel {
  /** Shares below this one are in the sum. */
  private added = 0;
  private lossSum = 0;
  /** By share: a push that is not in the sum yet. */
  private readonly buffered: (Push | null)[];
  /** By worker: whether it waits for the weights of the next iteration. */
  private readonly waiting: boolean[];

  constructor(private readonly context: ShardContext) {
    const { workers, books, costs } = context;
    this.buffered = new Array<Push | null>(workers).fill(null);
    this.waiting = new Array<boolean>(workers).fill(false);
    books.set('gradient sum', costs.vectorBytes);
  }

  /** A pull of the present iteration may come late, between the pushes of others: additions leave the weights alone. */
  pulled(worker: NodeId, { clock }: Pull): void {
    const { iteration, isUpdating } = this;
    if (clock === iteration && !isUpdating) this.answer(worker);
    else if (clock === iteration + 1 && !this.waiting[worker]) this.waiting[worker] = true;
    else this.context.refuse(`pull of clock ${clock} from worker ${worker}`);
  }

  pushed(worker: NodeId, push: Push): void {
    const { iteration, share } = push;
    const isTaken = share < this.added || this.buffered[share] !== null;
    if (iteration !== this.iteration || share !== worker || isTaken || this.isUpdating)
      this.context.refuse(`push of clock ${iteration} from worker ${worker}`);
    this.buffered[share] = push;
    this.context.books.add('pushes', this.context.costs.vectorBytes);
  }

  nextJob(): ParameterServerJob | null {
    const { iteration, added, context } = this;
    const push = this.isUpdating ? null : (this.buffered[added] ?? null);
    if (push === null) return null;
    const { weights } = context.state;
    const { gradient } = push;
    return {
      name: `add ${iteration}/${added}`,
      flops: context.costs.addFlops,
      run: weights === null || gradient === null ? nothing : () => weights.add(gradient),
      pass: 'add',
      iteration,
      version: iteration,
      worker: added,
    };
  }

  jobDone(): void {
    const { context, iteration } = this;
    this.lossSum += this.buffered[this.added]!.lossSum ?? 0;
    this.buffered[this.added] = null;
    context.books.add('pushes', -context.costs.vectorBytes);
    this.added++;
    if (this.added < context.workers) return;
    const { state, training } = context;
    const gradient = state.weights?.sum ?? null;
    const lossSum = state.weights === null ? null : this.lossSum;
    context.append({ iteration, share: null, samples: training.batch, gradient, lossSum });
  }

  applied(_update: Update): void {
    const { context } = this;
    context.state.weights?.clearSum();
    this.added = 0;
    this.lossSum = 0;
    for (let worker = 0; worker < context.workers; worker++) {
      if (!this.waiting[worker]) continue;
      this.waiting[worker] = false;
      this.answer(worker);
    }
  }

  waitsFor(): string {
    const missing: string[] = [];
    for (let share = this.added; share < this.buffered.length; share++)
      if (this.buffered[share] === null) missing.push(`${share}`);
    const whose = missing.length === 1 ? 'the push of worker' : 'the pushes of workers';
    return `${whose} ${someOf(missing)} for clock ${this.iteration}`;
  }

  /** The iteration that is collected, which is also the version of the weights. */
  private get iteration(): number {
    return this.context.state.steps;
  }

  private get isUpdating(): boolean {
    return this.context.received > this.context.state.steps;
  }

  private answer(worker: NodeId): void {
    const { context, iteration } = this;
    const work = context.shard === 0 ? [{ iteration, share: worker }] : [];
    context.answer(worker, work, iteration + 1 < context.training.iterations);
  }
}

export const bulkSynchronous: ConsistencyKind = {
  sums: true,
  create: (context) => new BulkSynchronous(context),
};
