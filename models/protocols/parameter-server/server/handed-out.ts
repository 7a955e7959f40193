/**
 * Which shares of an asynchronous run are in whose hands, as the shard sees it that gives them out (PROTOCOLS D). A share
 * stays in hand until its gradient is with every shard: a worker asks again only once all shards have answered, so what it
 * had pushed before it last asked is with them all. Knows no message.
 */
import type { NodeId } from '../../../../engine/world.ts';
import { AppliedShares } from '../shard/applied-shares.ts';

interface Share {
  /** Of all shares of the run, in order of iterations. */
  readonly number: number;
  hasCome: boolean;
  /** How often its worker has asked for more since. */
  asked: number;
}

const NONE: readonly Share[] = [];

export class HandedOut {
  private readonly shards: number;
  private readonly byWorker: (readonly Share[])[];
  private readonly given = new AppliedShares();
  /** Taken back, and given to nobody since. */
  private readonly free = new Set<number>();
  /** With every shard. */
  private readonly everywhere = new AppliedShares();

  constructor(shards: number, workers: number) {
    this.shards = shards;
    this.byWorker = new Array<readonly Share[]>(workers).fill(NONE);
  }

  /** Whether nobody else is to make it: a worker that is heard has it, or every shard. */
  has(number: number): boolean {
    return this.given.has(number) && !this.free.has(number);
  }

  give(worker: NodeId, number: number): void {
    const share = { number, hasCome: false, asked: 0 };
    this.byWorker[worker] = [...this.byWorker[worker], share];
    this.given.add(number);
    this.free.delete(number);
  }

  /** A worker has pushed a share. */
  come(worker: NodeId, number: number): void {
    const share = this.byWorker[worker].find((one) => one.number === number && !one.hasCome);
    if (share === undefined) return;
    share.hasCome = true;
    this.keep(worker);
  }

  /** A worker asks for more. */
  asks(worker: NodeId): void {
    for (const share of this.byWorker[worker]) share.asked++;
    this.keep(worker);
  }

  /** A worker is lost: what it has in hand is for others to make, and what of it has not come. */
  takeBack(worker: NodeId): number[] {
    const shares = this.byWorker[worker];
    for (const { number } of shares) if (!this.everywhere.has(number)) this.free.add(number);
    return shares.filter(({ hasCome }) => !hasCome).map(({ number }) => number);
  }

  /** A worker that was lost is heard again, and what it had in hand comes from it. */
  giveBack(worker: NodeId): void {
    for (const { number } of this.byWorker[worker]) this.free.delete(number);
  }

  /** Lets go of what is with all shards. */
  private keep(worker: NodeId): void {
    let kept = NONE;
    for (const share of this.byWorker[worker]) {
      if (!share.hasCome || (this.shards > 1 && share.asked < 2)) kept = [...kept, share];
      else {
        this.everywhere.add(share.number);
        this.free.delete(share.number);
      }
    }
    this.byWorker[worker] = kept;
  }
}
