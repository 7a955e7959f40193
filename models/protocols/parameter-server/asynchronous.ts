/**
 * Asynchronous parallel (PROTOCOLS D): a shard serves messages one by one in order of arrival; each push is an update of
 * its own, each pull is answered with the weights of that moment. Nobody waits for anybody, so gradients are applied to
 * weights newer than those they were computed with. The shares of the run are given out on demand, one to whoever asks:
 * no worker has a quota, so that a slow one delays nobody, and an iteration is as many shares as make a batch.
 */
import type { NodeId } from '../../../engine/world.ts';
import { shareOf } from '../../learning/shares.ts';
import { NOTES } from '../../spec/notes.ts';
import { type ConsistencyKind, type ConsistencyModel, type ShardContext } from './consistency.ts';
import { someOf } from './some-of.ts';
import type { Pull, Push } from './messages.ts';
import type { Update } from './shard-state.ts';

/** What waits for the server, in order of arrival. */
type Request =
  | { readonly kind: 'pull'; readonly worker: NodeId }
  | { readonly kind: 'push'; readonly push: Push; readonly readAt: number | null };

/** A share that a worker has in hand. */
interface Handed {
  readonly worker: NodeId;
  /** Updates in the weights that its gradient is computed with. */
  readonly readAt: number;
}

export class Asynchronous implements ConsistencyModel {
  private readonly queue: Request[] = [];
  /** Shares given out so far, in order of the run. */
  private given = 0;
  /** By the number of the share in the run; at the first shard alone, which gives them out. */
  private readonly handed = new Map<number, Handed>();
  /** Of the push that is being applied; null where another shard knows it. */
  private readAt: number | null = null;

  constructor(private readonly context: ShardContext) {}

  pulled(worker: NodeId, _pull: Pull): void {
    this.queue.push({ kind: 'pull', worker });
  }

  pushed(worker: NodeId, push: Push): void {
    const { context, handed } = this;
    const number = this.numberOf(push);
    const inHand = handed.get(number);
    if (context.shard === 0 && inHand?.worker !== worker)
      context.refuse(`push of clock ${push.iteration} from worker ${worker}`);
    handed.delete(number);
    context.books.add('pushes', context.costs.vectorBytes);
    this.queue.push({ kind: 'push', push, readAt: inHand?.readAt ?? null });
  }

  /** Answers pulls up to the first push, and has that applied. */
  nextJob(): null {
    while (this.queue.length > 0) {
      const request = this.queue.shift()!;
      if (request.kind === 'push') {
        this.readAt = request.readAt;
        this.apply(request.push);
        return null;
      }
      this.answer(request.worker);
    }
    return null;
  }

  jobDone(): void {}

  applied({ number }: Update): void {
    const { world, books, costs } = this.context;
    books.add('pushes', -costs.vectorBytes);
    if (this.readAt !== null) world.note(NOTES.staleness, number - this.readAt);
  }

  waitsFor(): string {
    const { state, workers } = this.context;
    const inHand = [...this.handed].map(
      ([number, { worker }]) =>
        `${Math.floor(number / workers)}/${number % workers} of worker ${worker}`,
    );
    if (inHand.length === 0) return `${state.total - state.steps} more pushes`;
    return `the pushes of shares ${someOf(inHand)}`;
  }

  /** Of all shares of the run, in order of iterations. */
  private numberOf({ iteration, share }: { iteration: number; share: number }): number {
    return iteration * this.context.workers + share;
  }

  private apply({ iteration, share, gradient, lossSum }: Push): void {
    const { context } = this;
    const { low, high } = shareOf(context.training.batch, context.workers, share);
    context.append({ iteration, share, samples: high - low, gradient, lossSum });
  }

  private answer(worker: NodeId): void {
    const { context } = this;
    const { workers, state } = context;
    if (state.steps === state.total || this.given === state.total) return context.dismiss(worker);
    if (context.shard > 0) return context.answer(worker, [], true);
    const number = this.given++;
    this.handed.set(number, { worker, readAt: state.steps });
    const item = { iteration: Math.floor(number / workers), share: number % workers };
    context.answer(worker, [item], this.given < state.total);
  }
}

export const asynchronous: ConsistencyKind = {
  sums: false,
  create: (context) => new Asynchronous(context),
};
