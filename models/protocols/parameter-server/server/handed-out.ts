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
  /** Updates in the weights that its gradient is computed with; null where another server knows it. */
  readonly readAt: number | null;
  hasCome: boolean;
  /** How often its worker has asked for more since. */
  asked: number;
}

const NONE: readonly Share[] = [];

export class HandedOut {
  private readonly shards: number;
  /** Mostly one a worker: lists are changed in place. */
  private readonly byWorker = new Map<NodeId, Share[]>();
  /** In the hands of workers that are heard. */
  private readonly numbers = new Set<number>();
  /** With every shard. */
  private readonly everywhere = new AppliedShares();

  constructor(shards: number) {
    this.shards = shards;
  }

  /** Whether nobody else is to make it: a worker that is heard has it, or every shard. */
  has(number: number): boolean {
    return this.numbers.has(number) || this.everywhere.has(number);
  }

  give(worker: NodeId, number: number, readAt: number | null): void {
    const share = { number, readAt, hasCome: false, asked: 0 };
    const shares = this.byWorker.get(worker);
    if (shares === undefined) this.byWorker.set(worker, [share]);
    else shares.push(share);
    this.numbers.add(number);
  }

  /** A worker has pushed a share. What was known of it; null if it was not in its hands, or has come before. */
  come(worker: NodeId, number: number): Pick<Share, 'readAt'> | null {
    const share = this.of(worker).find((one) => one.number === number && !one.hasCome);
    if (share === undefined) return null;
    share.hasCome = true;
    this.keep(worker);
    return share;
  }

  /** A worker asks for more. */
  asks(worker: NodeId): void {
    for (const share of this.of(worker)) share.asked++;
    this.keep(worker);
  }

  /** A worker is lost: what it has in hand is for others to make, and what of it has not come. */
  takeBack(worker: NodeId): number[] {
    const shares = this.of(worker);
    for (const { number } of shares) this.numbers.delete(number);
    return shares.filter(({ hasCome }) => !hasCome).map(({ number }) => number);
  }

  /** A worker that was lost is heard again, and what it had in hand comes from it. */
  giveBack(worker: NodeId): void {
    for (const { number } of this.of(worker)) this.numbers.add(number);
  }

  /** The shares that have not come, and who has them. */
  *awaited(): Generator<{ readonly worker: NodeId; readonly number: number }> {
    for (const [worker, shares] of this.byWorker)
      for (const { number, hasCome } of shares)
        if (!hasCome && this.has(number)) yield { worker, number };
  }

  private of(worker: NodeId): readonly Share[] {
    return this.byWorker.get(worker) ?? NONE;
  }

  /** Lets go of what is with all shards. */
  private keep(worker: NodeId): void {
    const shares = this.byWorker.get(worker);
    if (shares === undefined) return;
    for (let at = shares.length - 1; at >= 0; at--) {
      const { number, hasCome, asked } = shares[at];
      if (!hasCome || (this.shards > 1 && asked < 2)) continue;
      this.numbers.delete(number);
      this.everywhere.add(number);
      shares.splice(at, 1);
    }
  }
}
