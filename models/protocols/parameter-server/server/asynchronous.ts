/**
 * Asynchronous parallel (PROTOCOLS D): a shard serves messages one by one in order of arrival; each push is an update of
 * its own, each pull is answered with the weights of that moment. Nobody waits for anybody, so gradients are applied to
 * weights newer than those they were computed with. The shares of the run are given out on demand, one to whoever asks:
 * no worker has a quota, so that a slow one delays nobody, and an iteration is as many shares as make a batch. What a dead
 * worker had in hand is given out again; what comes twice counts once.
 */
import type { NodeId } from '../../../../engine/world.ts';
import { NOTES } from '../../../spec/notes.ts';
import { AppliedShares } from '../shard/applied-shares.ts';
import type { ConsistencyKind, ConsistencyModel, Shard, WorkDesk } from './consistency.ts';
import { HandedOut } from './handed-out.ts';
import type { Pull, Push } from '../messages.ts';
import type { WorkItem } from '../work-item.ts';
import type { Update } from '../shard/shard-state.ts';
import { someOf } from './some-of.ts';

/** What waits for the server. */
interface Request {
  readonly worker: NodeId;
  /** Null: it is a pull. */
  readonly push: Push | null;
}

const NO_MORE: readonly WorkItem[] = [];

export class Asynchronous implements ConsistencyModel {
  /** In order of arrival. */
  private readonly queue: Request[] = [];
  /** Shares below it, in the order of the run, are applied here or in hand. */
  private next = 0;
  /** At the first shard, which gives them out; null where nothing can fail, and nothing is given out twice. */
  private readonly handed: HandedOut | null;
  /** Shares that are applied here and are to be given out once more, for another shard lacks them. */
  private readonly again: number[] = [];
  /** Some worker has been told not to ask again. */
  private isEnding = false;
  /** Updates when the view began. */
  private readonly begun: number;
  /** Updates in the weights that the push in work was computed with. */
  private version = 0;

  constructor(
    private readonly server: Shard,
    private readonly desk: WorkDesk,
    /** Shares that are given to a worker at once. */
    private readonly sharesAPull: number,
  ) {
    const { log, plan, settings } = server;
    const { workers } = settings.layout;
    this.handed = settings.detector && new HandedOut(plan.shards.length, workers);
    this.begun = log.received;
  }

  entered(worker: NodeId, inHand: readonly WorkItem[]): void {
    for (const item of inHand) {
      this.handed?.give(worker, this.numberOf(item));
    }
  }

  /** What it has in hand is given to others; those that have been told not to ask again can be asked in a new view alone. */
  lost(worker: NodeId): boolean {
    if (this.isEnding) return false;
    this.next = Math.min(this.next, ...(this.handed?.takeBack(worker) ?? []));
    this.desk.askShards();
    return true;
  }

  heard(worker: NodeId): void {
    this.handed?.giveBack(worker);
  }

  elsewhere(applied: readonly number[]): boolean {
    const here = new AppliedShares(this.server.log.applied());
    const lacking = here.without(new AppliedShares(applied));
    const lost = lacking.filter((number) => !this.handed?.has(number));
    if (this.isEnding && lost.length > 0) return false;
    this.again.push(...lost);
    return true;
  }

  pulled(worker: NodeId, _pull: Pull): void {
    this.handed?.asks(worker);
    this.queue.push({ worker, push: null });
  }

  pushed(worker: NodeId, push: Push): void {
    const { server, desk } = this;
    const number = this.numberOf(push);
    if (server.settings.shard === 0 && number >= this.next)
      desk.repeated(`push of clock ${push.iteration} from worker ${worker}`);
    this.handed?.come(worker, number);
    server.books.add('pushes', server.costs.wireBytes);
    this.queue.push({ worker, push });
  }

  /** Answers pulls up to the first push, and has that applied. */
  nextJob(): null {
    const { queue } = this;
    while (queue.length > 0) {
      // Who has what in hand is known once all have entered the view.
      if (queue[0].push === null && !this.desk.isEstablished) {
        const first = queue.findIndex(({ push }) => push !== null);
        if (first < 0) return null;
        queue.unshift(...queue.splice(first, 1));
      }
      const { worker, push } = queue.shift()!;
      if (push === null) this.answer(worker);
      else if (this.apply(worker, push)) return null;
    }
    return null;
  }

  jobDone(): void {}

  applied({ number }: Update): void {
    const { world, books, costs, settings } = this.server;
    if (number < this.begun) return;
    books.add('pushes', -costs.wireBytes);
    // The first shard counts for all.
    if (settings.shard === 0) world.note(NOTES.staleness, Math.max(0, number - this.version));
  }

  serve(): void {}

  waitsFor(): string {
    const { log } = this.server;
    const inHand = this.inHand().map(({ iteration, share }) => `${iteration}/${share}`);
    if (inHand.length > 0) return `the pushes of shares ${someOf(inHand)}`;
    if (log.committed < log.received) return `the tail's word for update ${log.committed}`;
    return `${log.total - log.received} more pushes`;
  }

  /** What workers that are heard have been given, and have not pushed. */
  private inHand(): WorkItem[] {
    const { handed, next, server } = this;
    const items: WorkItem[] = [];
    for (let number = 0; number < server.log.total; number++)
      if (!this.isIn(number) && (handed?.has(number) ?? number < next))
        items.push(this.itemOf(number));
    return items;
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
  private apply(worker: NodeId, push: Push): boolean {
    const { server, desk } = this;
    const { training, layout } = server.settings;
    const { iteration, share, gradient, lossSum } = push;
    const ofRun = this.numberOf(push);
    const isNew = !this.isIn(ofRun);
    if (isNew) {
      this.version = push.version;
      const samples = layout.samplesIn(training.batch, push);
      const number = server.log.received;
      const items = [{ iteration, share }];
      desk.append({ number, items, samples, gradient, lossSum });
      // Of one that is lost: it may have come to this shard alone.
      if (server.settings.shard === 0 && this.handed?.has(ofRun) === false) desk.askShards();
    } else {
      desk.repeated(`push of clock ${iteration} from worker ${worker}`);
      server.books.add('pushes', -server.costs.wireBytes);
    }
    desk.isIn(worker, server.log.received);
    return isNew;
  }

  /** Whether an update here has that share: the engine is free, so that none waits. */
  private isIn(number: number): boolean {
    return this.server.log.state.applied.has(number);
  }

  private answer(worker: NodeId): void {
    const { desk, server } = this;
    const { log, settings } = server;
    if (settings.shard > 0) {
      if (log.received === log.total) return desk.dismiss(worker);
      return desk.answer(worker, null, true);
    }
    const work = this.take(worker);
    const further = this.sharesAPull === 1 ? NO_MORE : this.takeFurther(worker);
    const more = this.free() !== null;
    this.isEnding ||= !more;
    if (work === null) desk.dismiss(worker);
    else desk.answer(worker, work, more, { further });
  }

  /** The next share, which is in that worker's hands now; null if there is none. */
  private take(worker: NodeId): WorkItem | null {
    const number = this.free();
    if (number === null) return null;
    // What is given to one that is not heard is given to nobody.
    if (!this.desk.isAbsent(worker)) {
      if (this.again[0] === number) this.again.shift();
      else this.next = number + 1;
      this.handed?.give(worker, number);
    }
    return this.itemOf(number);
  }

  /** What a worker is given after the first; one that is not heard would be given the first again. */
  private takeFurther(worker: NodeId): readonly WorkItem[] {
    if (this.desk.isAbsent(worker)) return NO_MORE;
    const taken: WorkItem[] = [];
    while (taken.length < this.sharesAPull - 1) {
      const item = this.take(worker);
      if (item === null) break;
      taken.push(item);
    }
    return taken;
  }

  /** The first share that nobody has in hand and some shard lacks; null if there is none. */
  private free(): number | null {
    const { handed, again } = this;
    const { total } = this.server.log;
    while (again.length > 0 && handed?.has(again[0])) again.shift();
    if (again.length > 0) return again[0];
    while (this.next < total && (handed?.has(this.next) || this.isIn(this.next))) this.next++;
    return this.next < total ? this.next : null;
  }
}

/** Giving out so many shares to a pull. */
export function asynchronous(sharesAPull: number): ConsistencyKind {
  return {
    sums: false,
    sparesWorkers: true,
    create: (shard, desk) => new Asynchronous(shard, desk, sharesAPull),
  };
}
