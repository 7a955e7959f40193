/**
 * A worker that keeps what it has read for as long as it may (PROTOCOLS D, stale synchronous parallel): in iteration c it
 * takes a shard's weights from its cache if all gradients of iterations below c - s are in them, and asks the server else.
 * It sees its own gradients at once, by a step of its own; what it reads next has them too, for its pushes come before its
 * pulls. Nobody gives out work: it computes its own share of each iteration, and those of the dead that fall to it.
 */
import type { View } from '../../../membership/view.ts';
import type { PullReply } from '../messages.ts';
import type { WorkItem } from '../work-item.ts';
import { ownersOf } from '../plan.ts';
import type { Gradient } from '../recovery/work-in-hand.ts';
import { Worker } from '../worker.ts';

export class CachingWorker extends Worker {
  /** By shard: all gradients of iterations below it are in what is cached; -1: nothing is. */
  private cached: number[] = [];
  /** By share of its own: the iteration to compute next. */
  private next = new Map<number, number>();

  override waitsFor(): string {
    return this.clock < 0 ? `how far its shares have come` : super.waitsFor();
  }

  protected override begin(before: View): void {
    const { plan, settings, isWatched } = this;
    const { workers } = settings.layout;
    this.cached = settings.allShards.map(() => -1);
    const own = ownersOf(plan, workers).flatMap((owner, share) =>
      owner === this.world.self ? [share] : [],
    );
    // In a later view servers have to tell.
    this.next = new Map(own.map((share) => [share, isWatched ? -1 : 0]));
    super.begin(before);
  }

  protected override pull(): void {
    this.goOn();
  }

  protected override takeReply(reply: PullReply): void {
    const { shard, version, clock, next = [] } = reply;
    this.takeWeights(reply);
    this.cached[shard] = clock!;
    for (const { share, iteration } of next) this.heardOf(share, iteration);
    if (shard === 0) this.version = version;
    if (this.awaited.length === 0) this.goOn();
  }

  protected override made(gradient: Gradient): void {
    const { share, iteration } = gradient;
    // What it had in hand may be of a share that is another's now.
    if (this.next.get(share) === iteration) this.next.set(share, iteration + 1);
    super.made(gradient);
  }

  /** Computes with what is cached, or asks for what is too old. */
  protected override goOn(): void {
    const { engine, settings, cached } = this;
    if (engine.isBusy) return;
    const item = this.nextItem();
    this.clock = item.iteration;
    if (item.iteration >= settings.training.iterations) return this.rest();
    const least = Math.max(0, item.iteration - settings.slack);
    const stale = settings.allShards.filter((shard) => cached[shard] < least);
    if (stale.length > 0) this.ask(stale);
    else engine.compute(item.iteration, item.share, this.view.epoch, this.version);
  }

  /** The first of its shares, of the earliest iteration. */
  private nextItem(): WorkItem {
    let first: WorkItem = { share: -1, iteration: Infinity };
    for (const [share, iteration] of this.next)
      if (iteration < first.iteration) first = { share, iteration };
    return first;
  }

  /** A shard knows a share to have come so far; what the shard that knows least lacks is to be computed. */
  private heardOf(share: number, iteration: number): void {
    const known = this.next.get(share);
    if (known === undefined) return;
    this.next.set(share, known < 0 ? iteration : Math.min(known, iteration));
  }
}
