/**
 * Asynchronous parallel (PROTOCOLS D): a shard serves messages one by one in order of arrival; each push is an update of
 * its own, each pull is answered with the weights of that moment. Nobody waits for anybody, so gradients are applied to
 * weights newer than those they were computed with. The shares of the run are given out on demand, one to whoever asks:
 * no worker has a quota, so that a slow one delays nobody, and an iteration is as many shares as make a batch. What a dead
 * worker had in hand is given out again; what comes twice counts once.
 */
import type { NodeId } from '../../../engine/world.ts';
import { shareOf } from '../../learning/shares.ts';
import { NOTES } from '../../spec/notes.ts';
import { AppliedShares } from './applied-shares.ts';
import {
  type ConsistencyKind,
  type ConsistencyModel,
  type ShardContext,
  someOf,
} from './consistency.ts';
import type { Pull, Push, WorkItem } from './messages.ts';
import type { Update } from './shard-state.ts';

/** What waits for the server, in order of arrival. */
type Request =
  | { readonly kind: 'pull'; readonly worker: NodeId }
  | {
      readonly kind: 'push';
      readonly worker: NodeId;
      readonly push: Push;
      readonly readAt: number | null;
    };

/** A share that a worker has in hand, or has had when the view began. */
interface Handed {
  readonly worker: NodeId;
  /** Updates in the weights that its gradient is computed with; null where another server knows it. */
  readonly readAt: number | null;
  hasCome: boolean;
}

export class Asynchronous implements ConsistencyModel {
  private readonly queue: Request[] = [];
  /** Shares below it, in the order of the run, are applied or in hand. */
  private next = 0;
  /** By the number of the share in the run; at the first shard alone, which gives them out. */
  private readonly handed = new Map<number, Handed>();
  /** Shares in the updates so far. */
  private readonly taken: AppliedShares;
  /** By worker, of its pushes in the view: how many are safe, and how many updates must be committed for the others to be. */
  private readonly pushes = new Map<NodeId, { safe: number; readonly waiting: number[] }>();
  /** Updates when the view began. */
  private readonly begun: number;
  /** Of the push that is being applied. */
  private readAt: number | null = null;

  constructor(private readonly context: ShardContext) {
    const { state, pending, received } = context.log;
    this.begun = received;
    this.taken = new AppliedShares(state.applied.toList());
    for (const { iteration, share } of pending)
      this.taken.add(this.numberOf({ iteration, share: share! }));
  }

  entered(worker: NodeId, inHand: readonly WorkItem[]): void {
    for (const item of inHand)
      this.handed.set(this.numberOf(item), { worker, readAt: null, hasCome: false });
  }

  pulled(worker: NodeId, _pull: Pull): void {
    this.queue.push({ kind: 'pull', worker });
  }

  pushed(worker: NodeId, push: Push): void {
    const { context, handed } = this;
    const number = this.numberOf(push);
    const inHand = handed.get(number);
    const isGiven = inHand !== undefined && !inHand.hasCome;
    if (context.shard === 0 && !isGiven)
      context.repeated(`push of clock ${push.iteration} from worker ${worker}`);
    if (number < this.next) handed.delete(number);
    else if (inHand !== undefined) inHand.hasCome = true;
    context.books.add('pushes', context.costs.vectorBytes);
    this.queue.push({ kind: 'push', worker, push, readAt: inHand?.readAt ?? null });
  }

  /** Answers pulls up to the first push, and has that applied. */
  nextJob(): null {
    const { queue, context } = this;
    while (queue.length > 0) {
      // Who has what in hand is known once all have entered the view.
      if (queue[0].kind === 'pull' && !context.isEstablished) {
        const push = queue.findIndex(({ kind }) => kind === 'push');
        if (push < 0) return null;
        queue.unshift(...queue.splice(push, 1));
      }
      const request = queue.shift()!;
      if (request.kind === 'pull') this.answer(request.worker);
      else if (this.apply(request)) return null;
    }
    return null;
  }

  jobDone(): void {}

  applied({ number }: Update): void {
    const { world, books, costs } = this.context;
    if (number < this.begun) return;
    books.add('pushes', -costs.vectorBytes);
    if (this.readAt !== null) world.note(NOTES.staleness, number - this.readAt);
  }

  serve(): void {}

  waitsFor(): string {
    const { log, workers, committed } = this.context;
    const inHand = [...this.handed]
      .filter(([, { hasCome }]) => !hasCome)
      .map(
        ([number, { worker }]) =>
          `${Math.floor(number / workers)}/${number % workers} of worker ${worker}`,
      );
    if (inHand.length > 0) return `the pushes of shares ${someOf(inHand)}`;
    if (committed < log.received) return `the tail's word for update ${committed}`;
    return `${log.total - log.received} more pushes`;
  }

  /** Of all shares of the run, in order of iterations. */
  private numberOf({ iteration, share }: WorkItem): number {
    return iteration * this.context.workers + share;
  }

  /** Makes an update of a push; false if its share is in one already. */
  private apply({ worker, push, readAt }: Extract<Request, { kind: 'push' }>): boolean {
    const { context, taken } = this;
    const { iteration, share, gradient, lossSum } = push;
    const number = this.numberOf(push);
    const isNew = !taken.has(number);
    if (isNew) {
      taken.add(number);
      this.readAt = readAt;
      const { low, high } = shareOf(context.training.batch, context.workers, share);
      context.append({ iteration, share, samples: high - low, gradient, lossSum });
    } else context.books.add('pushes', -context.costs.vectorBytes);
    this.pushesOf(worker).waiting.push(context.log.received);
    return isNew;
  }

  private pushesOf(worker: NodeId): { safe: number; readonly waiting: number[] } {
    const known = this.pushes.get(worker) ?? { safe: 0, waiting: [] };
    this.pushes.set(worker, known);
    return known;
  }

  private answer(worker: NodeId): void {
    const { context } = this;
    const { log, committed, workers } = context;
    const number = context.shard === 0 ? this.free() : null;
    const isOver = context.shard === 0 ? number === null : log.received === log.total;
    if (isOver) return context.dismiss(worker);
    const pushes = this.pushesOf(worker);
    while (pushes.waiting.length > 0 && pushes.waiting[0] <= committed) {
      pushes.waiting.shift();
      pushes.safe++;
    }
    const { safe } = pushes;
    if (number === null) return context.answer(worker, { work: [], more: true, safe });
    this.next = number + 1;
    this.handed.set(number, { worker, readAt: log.state.steps, hasCome: false });
    const item = { iteration: Math.floor(number / workers), share: number % workers };
    context.answer(worker, { work: [item], more: this.free() !== null, safe });
  }

  /** The first share that nobody has in hand and some shard lacks; null if there is none. */
  private free(): number | null {
    const { handed, taken, context } = this;
    const isDone = (number: number): boolean =>
      taken.has(number) && context.elsewhere.every((applied) => applied.has(number));
    while (this.next < context.log.total && (handed.has(this.next) || isDone(this.next)))
      this.next++;
    return this.next < context.log.total ? this.next : null;
  }
}

export const asynchronous: ConsistencyKind = {
  sums: false,
  create: (context) => new Asynchronous(context),
};
