/**
 * How the weights of a shard come down to all workers (PROTOCOLS D): its server is the root of a binomial tree, in which
 * whoever has them sends them on to one after another, so that with each message time as many again have them. Pure
 * arithmetic.
 */
import type { NodeId } from '../../../../engine/world.ts';
import type { ServerLayout } from '../layout.ts';
import type { ServerPlan } from '../plan.ts';

export class BroadcastTree {
  /** By place: the root, then the workers. */
  private readonly nodes: readonly NodeId[];

  /** Shards begin with different workers: who is near one root would else be near all, and relay most. */
  constructor({ shards, workers }: ServerPlan, shard: number) {
    const first = Math.floor((shard * workers.length) / shards.length);
    this.nodes = [shards[shard].chain[0], ...workers.slice(first), ...workers.slice(0, first)];
  }

  /** To whom that node sends them, in order. */
  below(node: NodeId): NodeId[] {
    const place = this.nodes.indexOf(node);
    const places: number[] = [];
    for (let step = 1; place + step < this.nodes.length; step *= 2)
      if (step > place) places.push(place + step);
    return places.map((one) => this.nodes[one]);
  }

  /** From whom that worker gets them. */
  above(worker: NodeId): NodeId {
    const place = this.nodes.indexOf(worker);
    return this.nodes[place - 2 ** Math.floor(Math.log2(place))];
  }
}

/** The pairs of workers of which one sends weights on to the other, each once for every shard where it does. */
export function* relayingPairs(
  plan: ServerPlan,
  { workers }: ServerLayout,
): Generator<[NodeId, NodeId]> {
  for (let shard = 0; shard < plan.shards.length; shard++) {
    const tree = new BroadcastTree(plan, shard);
    for (const worker of plan.workers) {
      const above = tree.above(worker);
      if (above < workers) yield [above, worker];
    }
  }
}
