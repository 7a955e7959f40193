/**
 * A worker that asks nobody: the weights of each iteration come to it down a tree (PROTOCOLS D), and it sends them on to
 * those below it before it computes its own shares with them.
 */
import type { NodeId } from '../../../../engine/world.ts';
import type { View } from '../../../membership/view.ts';
import type { Broadcast, ServerMessage } from '../messages.ts';
import { sharesOf } from '../plan.ts';
import { BroadcastTree } from '../server/broadcast-tree.ts';
import { Worker } from '../worker.ts';
import type { WorkItem } from '../work-item.ts';

export class RelayingWorker extends Worker {
  /** By shard, in the view in use. */
  private above: readonly NodeId[] = [];
  private below: readonly (readonly NodeId[])[] = [];
  /** Weights that it will need: a shard may be an iteration ahead, to which alone a worker had pushed that is gone. */
  private ahead: Broadcast[] = [];
  /** Shares of each iteration that it computes. */
  private shares: readonly number[] = [];

  override waitsFor(): string {
    if (this.isFrozen || this.awaited.length === 0) return super.waitsFor();
    const { awaited, above, clock, settings } = this;
    const whom = settings.layout.nodesOf([...new Set(awaited.map((shard) => above[shard]))]);
    return `the weights of clock ${clock} from ${whom.length === 1 ? 'node' : 'nodes'} ${whom.join(', ')}`;
  }

  protected override begin(before: View): void {
    const { plan, settings, world } = this;
    const trees = settings.allShards.map((shard) => new BroadcastTree(plan, shard));
    this.above = trees.map((tree) => tree.above(world.self));
    this.below = trees.map((tree) => tree.below(world.self));
    this.shares = sharesOf(plan, settings.layout.workers)[world.self];
    this.ahead = [];
    super.begin(before);
    // The weights may come while it still computes what it had begun with.
    this.pull();
  }

  /** Waits for the next weights that it has something to compute with. */
  protected override pull(): void {
    const { settings, plan, engine } = this;
    if (this.awaited.length > 0) return;
    if (this.clock === plan.clock && this.workOf(this.clock).length === 0) this.clock++;
    if (this.clock < settings.training.iterations) {
      this.awaited = settings.allShards;
      for (const message of this.ahead.splice(0)) this.takeOrKeep(message);
    } else if (!engine.isBusy) this.rest();
  }

  /** Others may need weights of which it has made all it was to make. */
  protected override take(message: ServerMessage, from: NodeId): void {
    if (message.kind !== 'broadcast') return super.take(message, from);
    const { shard, version } = message;
    if (from !== this.above[shard] || version > this.clock + 1)
      this.refuse(`broadcast of shard ${shard} for clock ${version} from node ${from}`);
    this.relay(message);
    if (this.isWatched) this.inHand.releaseBelow(shard, version);
    this.takeOrKeep(message);
  }

  private takeOrKeep(message: Broadcast): void {
    const { shard, version } = message;
    if (version === this.clock && this.awaited.includes(shard)) this.takeBroadcast(message);
    else if (version >= this.clock) this.ahead.push(message);
  }

  private relay({ epoch, shard, version, weights }: Broadcast): void {
    for (const node of this.below[shard]) {
      const copy = weights?.slice() ?? null;
      const message: Broadcast = { kind: 'broadcast', epoch, shard, version, weights: copy };
      this.world.send(node, message, this.settings.pushBytes[shard]);
    }
  }

  private takeBroadcast({ shard, version, weights }: Broadcast): void {
    if (version !== this.version) this.version = -1;
    this.takePart(shard, weights);
    if (this.awaited.length > 0) return;
    const [first, ...further] = this.workOf(version);
    this.version = version;
    this.clock++;
    this.engine.give({ ...first, further });
    this.goOn();
  }

  /** What it is to compute with the weights of that iteration. */
  private workOf(iteration: number): WorkItem[] {
    const inHand = this.inHand.items(this.engine.wanted);
    const isMade = (share: number) =>
      inHand.some((item) => item.iteration === iteration && item.share === share);
    return this.shares.filter((share) => !isMade(share)).map((share) => ({ iteration, share }));
  }
}
