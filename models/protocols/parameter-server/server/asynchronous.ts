/**
 * Asynchronous parallel (PROTOCOLS D): a shard serves messages one by one in order of arrival; each push is an update of
 * its own, each pull is answered with the weights of that moment. Nobody waits for anybody, so gradients are applied to
 * weights newer than those they were computed with. The shares of the run are given out on demand, one to whoever asks:
 * no worker has a quota, so that a slow one delays nobody, and an iteration is as many shares as make a batch. What a dead
 * worker had in hand is given out again; what comes twice counts once.
 */
import type { NodeId } from '../../../../engine/world.ts';
import { shareOf } from '../../../learning/shares.ts';
import { NOTES } from '../../../spec/notes.ts';
import { AppliedShares } from '../shard/applied-shares.ts';
import type { ConsistencyKind, ConsistencyModel, Shard, WorkDesk } from './consistency.ts';
import { HandedOut } from './handed-out.ts';
import type { Pull, Push, WorkItem } from '../messages.ts';
import type { Update } from '../shard/shard-state.ts';
import { someOf } from './some-of.ts';

/** What waits for the server, in order of arrival. */
type Request =
  | { readonly kind: 'pull'; readonly worker: NodeId }
  | {
      readonly kind: 'push';
      readonly worker: NodeId;
      readonly push: Push;
      readonly readAt: number | null;
    };

export class Asynchronous implements ConsistencyModel {
  private readonly queue: Request[] = [];
  /** Shares below it, in the order of the run, are applied here or in hand. */
  private next = 0;
  /** At the first shard alone, which gives them out. */
  private readonly handed: HandedOut;
  /** Shares that are applied here and are to be given out once more, for another shard lacks them. */
  private readonly again: number[] = [];
  /** Some worker has been told not to ask again. */
  private isEnding = false;
  /** Shares in the updates so far. */
  private readonly taken: AppliedShares;
  /** Updates when the view began. */
  private readonly begun: number;
  /** Of the push that is being applied. */
  private readAt: number | null = null;

  constructor(
    private readonly server: Shard,
    private readonly desk: WorkDesk,
  ) {
    const { log, plan } = server;
    this.handed = new HandedOut(plan.shards.length);
    this.begun = log.received;
    this.taken = new AppliedShares(log.applied());
  }

  entered(worker: NodeId, inHand: readonly WorkItem[]): void {
    for (const item of inHand) this.handed.give(worker, this.numberOf(item), null);
  }

  /** What it has in hand is given to others; those that have been told not to ask again can be asked in a new view alone. */
  lost(worker: NodeId): boolean {
    if (this.isEnding) return false;
    this.next = Math.min(this.next, ...this.handed.takeBack(worker));
    this.desk.askShards();
    return true;
  }

  heard(worker: NodeId): void {
    this.handed.giveBack(worker);
  }

  elsewhere(applied: readonly number[]): boolean {
    const lacking = this.taken.without(new AppliedShares(applied));
    const lost = lacking.filter((number) => !this.handed.has(number));
    if (this.isEnding && lost.length > 0) return false;
    this.again.push(...lost);
    return true;
  }

  pulled(worker: NodeId, _pull: Pull): void {
    this.handed.asks(worker);
    this.queue.push({ kind: 'pull', worker });
  }

  pushed(worker: NodeId, push: Push): void {
    const { server, desk, handed } = this;
    const given = handed.come(worker, this.numberOf(push));
    if (server.settings.shard === 0 && given === null)
      desk.repeated(`push of clock ${push.iteration} from worker ${worker}`);
    server.books.add('pushes', server.costs.wireBytes);
    this.queue.push({ kind: 'push', worker, push, readAt: given?.readAt ?? null });
  }

  /** Answers pulls up to the first push, and has that applied. */
  nextJob(): null {
    const { queue } = this;
    while (queue.length > 0) {
      // Who has what in hand is known once all have entered the view.
      if (queue[0].kind === 'pull' && !this.desk.isEstablished) {
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
    const { world, books, costs } = this.server;
    if (number < this.begun) return;
    books.add('pushes', -costs.wireBytes);
    if (this.readAt !== null) world.note(NOTES.staleness, number - this.readAt);
  }

  serve(): void {}

  waitsFor(): string {
    const { log } = this.server;
    const inHand = [...this.handed.awaited()].map(({ number, worker }) => {
      const { iteration, share } = this.itemOf(number);
      return `${iteration}/${share} of worker ${worker}`;
    });
    if (inHand.length > 0) return `the pushes of shares ${someOf(inHand)}`;
    if (log.committed < log.received) return `the tail's word for update ${log.committed}`;
    return `${log.total - log.received} more pushes`;
  }

  /** Of all shares of the run, in order of iterations. */
  private numberOf({ iteration, share }: WorkItem): number {
    return iteration * this.server.settings.layout.workers + share;
  }

  private itemOf(number: number): WorkItem {
    const { workers } = this.server.settings.layout;
    return { iteration: Math.floor(number / workers), share: number % workers };
  }

  /** Makes an update of a push; false if its share is in one already. */
  private apply({ worker, push, readAt }: Extract<Request, { kind: 'push' }>): boolean {
    const { server, desk, taken } = this;
    const { training, layout } = server.settings;
    const { iteration, share, gradient, lossSum } = push;
    const number = this.numberOf(push);
    const isNew = !taken.has(number);
    if (isNew) {
      taken.add(number);
      this.readAt = readAt;
      const { low, high } = shareOf(training.batch, layout.workers, share);
      desk.append({ iteration, share, samples: high - low, gradient, lossSum });
      // Of one that is lost: it may have come to this shard alone.
      if (server.settings.shard === 0 && !this.handed.has(number)) desk.askShards();
    } else server.books.add('pushes', -server.costs.wireBytes);
    desk.isIn(worker, server.log.received);
    return isNew;
  }

  private answer(worker: NodeId): void {
    const { desk, server } = this;
    const { log, settings } = server;
    if (settings.shard > 0) {
      if (log.received === log.total) return desk.dismiss(worker);
      return desk.answer(worker, { work: [], more: true });
    }
    const number = this.free();
    // What is given to one that is not heard is given to nobody.
    if (number !== null && !desk.isAbsent(worker)) {
      if (this.again[0] === number) this.again.shift();
      else this.next = number + 1;
      this.handed.give(worker, number, log.state.steps);
    }
    const more = this.free() !== null;
    this.isEnding ||= !more;
    if (number === null) desk.dismiss(worker);
    else desk.answer(worker, { work: [this.itemOf(number)], more });
  }

  /** The first share that nobody has in hand and some shard lacks; null if there is none. */
  private free(): number | null {
    const { handed, taken, again } = this;
    while (again.length > 0 && handed.has(again[0])) again.shift();
    if (again.length > 0) return again[0];
    const { total } = this.server.log;
    while (this.next < total && (handed.has(this.next) || taken.has(this.next))) this.next++;
    return this.next < total ? this.next : null;
  }
}

export const asynchronous: ConsistencyKind = {
  sums: false,
  create: (shard, desk) => new Asynchronous(shard, desk),
};
