/** Chance of latencies: a stream for each direction of a pair of nodes. */
import type { Distribution } from './distribution.ts';
import { sample } from './distribution.ts';
import { randomStream } from './random.ts';
import type { NodeId, RandomStream } from './world.ts';

export class LatencyJitter {
  /** By pair of nodes. */
  private readonly streams = new Map<number, RandomStream>();

  /** Draws from `<name>/<from>/<to>/jitter`. Without a distribution every factor is 1. */
  constructor(
    private readonly name: string,
    private readonly seed: number,
    private readonly nodeCount: number,
    private readonly distribution: Distribution | undefined,
  ) {}

  /** Draws the factor on the latency of what goes next from one to the other. */
  factor(from: NodeId, to: NodeId): number {
    if (this.distribution === undefined) return 1;
    const pair = from * this.nodeCount + to;
    let stream = this.streams.get(pair);
    if (stream === undefined) {
      stream = randomStream(this.seed, `${this.name}/${from}/${to}/jitter`);
      this.streams.set(pair, stream);
    }
    return sample(this.distribution, stream);
  }
}
