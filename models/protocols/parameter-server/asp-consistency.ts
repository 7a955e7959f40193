/**
 * What a head does for workers that come and go, under asynchronous parallel (PROTOCOLS D). Each share is a stream of
 * gradients, one an iteration; whoever has none of its own left in hand is given the stream's next. The gradient that a
 * dead worker had in hand is lost and counted; all others are still computed, by the living in turn, so that each
 * (share, iteration) is applied once or is lost once, and the number of iterations is that of the run without faults.
 */
import type { NodeId } from '../../../engine/world.ts';
import { NOTES } from '../../spec/notes.ts';
import {
  type ConsistencyModel,
  type ConsistencyContext,
  ownersOf,
  sendWork,
} from './consistency-model.ts';
import { someOf } from './some-of.ts';
import type { ReplicaEntry } from './replica.ts';
import { type PushAck, SMALL_BYTES, type SharePush, type WorkItem } from './resilient-messages.ts';

const NOBODY = -1;

/** What waits for the head, in order of arrival. */
type Request =
  | { readonly kind: 'pull'; readonly worker: NodeId }
  | { readonly kind: 'push'; readonly worker: NodeId; readonly push: SharePush }
  | { readonly kind: 'lost'; readonly share: number; readonly clock: number };

/** A push that is not safe yet. */
interface Unsafe extends WorkItem {
  readonly number: number;
  readonly worker: NodeId;
}

export class AspConsistency implements ConsistencyModel {
  private readonly queue: Request[] = [];
  /**
   * Gradients that have come before an earlier one of their share, by share and clock: it may be in the hands of another,
   * or have been lost with a head that could tell nobody.
   */
  private readonly ahead = new Map<string, Extract<Request, { kind: 'push' }>>();
  /** By share: gradients that have come or are lost, and who has the next in hand. */
  private readonly taken: number[];
  private readonly handed: NodeId[];
  /** By share: updates in the weights that the gradient in hand is computed with. */
  private readonly readAt: number[];
  /** Workers for which there is nothing to do. */
  private readonly idle = new Set<NodeId>();
  private unsafe: Unsafe[] = [];

  constructor(
    private readonly context: ConsistencyContext,
    private readonly iterations: number,
  ) {
    const { workers, replica } = context;
    this.taken = Array.from({ length: workers }, (_, share) => replica.clockOf(share));
    this.handed = new Array<NodeId>(workers).fill(NOBODY);
    this.readAt = new Array<number>(workers).fill(context.received);
  }

  pulled(worker: NodeId): void {
    this.queue.push({ kind: 'pull', worker });
  }

  /** Takes a gradient that has not come before; what is safe already is said to be so again. */
  pushed(worker: NodeId, push: SharePush): void {
    const { share, clock } = push;
    if (clock < this.taken[share]) {
      if (!this.isUnsafe(share, clock)) this.acknowledge(worker, share, clock);
      return;
    }
    this.ahead.set(`${share}/${clock}`, { kind: 'push', worker, push });
    this.catchUp(share);
    // The next of the share goes back to its own worker, which may have come back meanwhile.
    if (worker !== share) this.rouse();
  }

  removed(worker: NodeId): void {
    this.idle.delete(worker);
    for (let at = this.queue.length - 1; at >= 0; at--) {
      const request = this.queue[at];
      if (request.kind === 'pull' && request.worker === worker) this.queue.splice(at, 1);
    }
    for (let share = 0; share < this.handed.length; share++) {
      if (this.handed[share] !== worker) continue;
      this.handed[share] = NOBODY;
      this.queue.push({ kind: 'lost', share, clock: this.taken[share]++ });
      this.catchUp(share);
    }
    this.rouse();
  }

  greeted(worker: NodeId, working: readonly WorkItem[]): void {
    for (const { share, clock } of working)
      if (clock === this.taken[share]) this.handed[share] = worker;
    this.rouse();
  }

  /** Answers pulls up to the first push, and has that applied. */
  nextJob(): null {
    while (this.queue.length > 0) {
      const request = this.queue.shift()!;
      if (request.kind === 'pull') {
        this.answer(request.worker);
        continue;
      }
      if (request.kind === 'lost') {
        const { share, clock } = request;
        this.context.append({ share, clock, gradient: null, lossSum: null, lost: true });
      } else {
        const { share, clock, gradient, lossSum } = request.push;
        this.unsafe.push({ number: this.context.received, worker: request.worker, share, clock });
        this.context.append({ share, clock, gradient, lossSum, lost: false });
      }
      return null;
    }
    return null;
  }

  jobDone(): void {}

  applied({ share, number, lost }: ReplicaEntry): void {
    if (lost || share === null) return;
    const { world, books, costs } = this.context;
    books.add('pushes', -costs.vectorBytes);
    world.note(NOTES.staleness, Math.max(0, number - this.readAt[share]));
  }

  /** Acknowledges what is safe. */
  serve(): void {
    const { committed } = this.context;
    while (this.unsafe.length > 0 && this.unsafe[0].number < committed) {
      const { worker, share, clock } = this.unsafe.shift()!;
      this.acknowledge(worker, share, clock);
    }
  }

  end(): void {
    this.context.books.set('pushes', 0);
  }

  waitsFor(): string {
    const behind: string[] = [];
    for (let share = 0; share < this.taken.length; share++)
      if (this.taken[share] < this.iterations)
        behind.push(
          this.handed[share] === NOBODY
            ? `${this.taken[share]} of share ${share} (nobody has it)`
            : `${this.taken[share]} of share ${share} (worker ${this.handed[share]} has it)`,
        );
    return `the gradients of clock ${someOf(behind)}`;
  }

  private answer(worker: NodeId): void {
    const { served, workers, received } = this.context;
    if (served === null || served.lives[worker] < 0) return;
    const owners = ownersOf(served, workers);
    let next = NOBODY;
    for (let share = 0; share < owners.length; share++) {
      if (owners[share] !== worker || this.handed[share] !== NOBODY) continue;
      if (this.taken[share] >= this.iterations) continue;
      if (next === NOBODY || this.taken[share] < this.taken[next]) next = share;
    }
    if (next === NOBODY) {
      this.idle.add(worker);
      return;
    }
    this.handed[next] = worker;
    this.readAt[next] = received;
    const work = { clock: this.taken[next], version: received, shares: [next] };
    sendWork(this.context, worker, work, true);
  }

  /** Takes what has come of a share, up to the first that is missing. */
  private catchUp(share: number): void {
    const { books, costs } = this.context;
    for (;;) {
      const name = `${share}/${this.taken[share]}`;
      const request = this.ahead.get(name);
      if (request === undefined) return;
      this.ahead.delete(name);
      this.taken[share]++;
      this.handed[share] = NOBODY;
      books.add('pushes', costs.vectorBytes);
      this.queue.push(request);
    }
  }

  /** Who had nothing to do may have something now. */
  private rouse(): void {
    for (const worker of [...this.idle].sort((one, other) => one - other))
      this.queue.push({ kind: 'pull', worker });
    this.idle.clear();
  }

  private acknowledge(worker: NodeId, share: number, clock: number): void {
    const { world, served } = this.context;
    if (served === null || served.lives[worker] < 0) return;
    const session = served.sessions[worker];
    const ack: PushAck = { kind: 'push-ack', session, share, clock };
    world.send(worker, ack, SMALL_BYTES);
  }

  /** Whether that gradient has come, but is not at the tail. */
  private isUnsafe(share: number, clock: number): boolean {
    const waits = (one: WorkItem): boolean => one.share === share && one.clock === clock;
    return (
      this.unsafe.some(waits) ||
      this.queue.some((request) => request.kind === 'push' && waits(request.push))
    );
  }
}
