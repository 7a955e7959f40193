/**
 * What a head does for workers that come and go, bulk synchronous parallel (PROTOCOLS D): the shares of a batch stay the
 * same, whoever computes them, and are summed in share order, so the weights are those of the run without faults. What
 * goes down the chain is the sum of an update: one gradient where its pushes would be one a worker. A push is safe, and
 * its worker told so by the weights of the next version, once the tail has the update that it is part of.
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
import { nothing, type ParameterServerJob } from './jobs.ts';
import type { SharePush, WorkItem } from './resilient-messages.ts';

const NOBODY = -1;

export class BspConsistency implements ConsistencyModel {
  /** The clock that is collected. */
  private clock: number;
  /** Shares below this one are in the sum. */
  private added = 0;
  private lossSum = 0;
  /** By share: a gradient that is not in the sum yet, and who has it in hand. */
  private readonly buffered: (SharePush | null)[];
  private readonly handed: NodeId[];
  /** Shares of the clock that have been given out. */
  private readonly given = new Set<number>();
  /** Workers that wait for work, with the version of the weights they have. */
  private readonly waiting = new Map<NodeId, number>();

  constructor(private readonly context: ConsistencyContext) {
    this.clock = context.received;
    this.buffered = new Array<SharePush | null>(context.workers).fill(null);
    this.handed = new Array<NodeId>(context.workers).fill(NOBODY);
    context.books.set('gradient sum', context.costs.vectorBytes);
  }

  pulled(worker: NodeId, version: number): void {
    this.waiting.set(worker, version);
    this.serve();
  }

  pushed(_worker: NodeId, push: SharePush): void {
    if (push.clock !== this.clock || this.isTaken(push.share)) return;
    this.buffered[push.share] = push;
    this.handed[push.share] = NOBODY;
    this.context.books.add('pushes', this.context.costs.vectorBytes);
  }

  removed(worker: NodeId): void {
    const { world, received } = this.context;
    this.waiting.delete(worker);
    if (received !== this.clock || !this.handed.includes(worker)) return;
    for (let share = 0; share < this.handed.length; share++)
      if (this.handed[share] === worker) this.handed[share] = NOBODY;
    world.disown(this.clock, worker);
  }

  greeted(worker: NodeId, working: readonly WorkItem[]): void {
    for (const { share, clock } of working)
      if (clock === this.clock && !this.isTaken(share)) this.handed[share] = worker;
    this.serve();
  }

  nextJob(): ParameterServerJob | null {
    if (this.context.received !== this.clock || this.added === this.buffered.length) return null;
    const push = this.buffered[this.added];
    if (push === null) return null;
    const { weights } = this.context.replica;
    const { gradient } = push;
    return {
      name: `add ${this.clock}/${this.added}`,
      flops: this.context.costs.addFlops,
      run: weights === null || gradient === null ? nothing : () => weights.add(gradient),
      step: this.clock,
      pass: 'add',
      iteration: this.clock,
      version: this.clock,
      worker: this.added,
    };
  }

  jobDone(): void {
    const { context, clock } = this;
    this.lossSum += this.buffered[this.added]?.lossSum ?? 0;
    this.buffered[this.added] = null;
    context.books.add('pushes', -context.costs.vectorBytes);
    this.added++;
    if (this.added < this.buffered.length) return;
    const { weights } = context.replica;
    const gradient = weights?.takeSum() ?? null;
    const lossSum = weights === null ? null : this.lossSum;
    context.append({ share: null, clock, gradient, lossSum, lost: false });
  }

  applied(): void {}

  /** Hands out the shares of a clock whose weights are safe. */
  serve(): void {
    const { committed, received, served } = this.context;
    if (committed !== received || served === null) return;
    if (this.clock !== received) this.beginClock(received);
    const owners = ownersOf(served, this.context.workers);
    for (const worker of [...this.waiting.keys()].sort((one, other) => one - other)) {
      const shares: number[] = [];
      for (let share = 0; share < owners.length; share++)
        if (owners[share] === worker && this.handed[share] === NOBODY && !this.isTaken(share))
          shares.push(share);
      if (shares.length === 0) continue;
      this.hand(shares, worker);
      const { clock } = this;
      const fresh = this.waiting.get(worker) !== clock;
      this.waiting.delete(worker);
      sendWork(this.context, worker, { clock, version: clock, shares }, fresh);
    }
  }

  end(): void {
    const { replica, books } = this.context;
    replica.weights?.clearSum();
    books.set('pushes', 0);
    books.set('gradient sum', 0);
  }

  waitsFor(): string {
    const missing: string[] = [];
    for (let share = this.added; share < this.buffered.length; share++)
      if (this.buffered[share] === null)
        missing.push(
          this.handed[share] === NOBODY
            ? `${share} (nobody has it)`
            : `${share} (worker ${this.handed[share]} has it)`,
        );
    return `the gradients of shares ${someOf(missing)} for clock ${this.clock}`;
  }

  /** A worker is given these shares; what another had in hand before, and cannot bring any more, is done again. */
  private hand(shares: readonly number[], worker: NodeId): void {
    const { world, replica } = this.context;
    let samples = 0;
    for (const share of shares) {
      if (this.given.has(share)) samples += replica.sizeOf(share);
      this.given.add(share);
      this.handed[share] = worker;
    }
    if (samples > 0) world.note(NOTES.redone, samples);
  }

  private beginClock(clock: number): void {
    this.clock = clock;
    this.added = 0;
    this.lossSum = 0;
    this.given.clear();
    this.handed.fill(NOBODY);
  }

  /** Whether the gradient of a share has come. */
  private isTaken(share: number): boolean {
    return share < this.added || this.buffered[share] !== null;
  }
}
