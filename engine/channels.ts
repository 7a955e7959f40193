/**
 * What is kept of a pair of nodes, one channel a direction: the chance of its latencies, and the order of sending
 * where the network does not keep it. A transfer that overtook an earlier one of its channel is held back until
 * that one has arrived (invariant CH of PROTOCOLS section 0: what is delivered is a prefix of what was sent).
 */
import type { Distribution } from './distribution.ts';
import { sample } from './distribution.ts';
import { randomStream } from './random.ts';
import type { NodeId, RandomStream } from './world.ts';

interface Sending {
  readonly transfer: number;
  arrived: boolean;
}

interface Channel {
  readonly jitter: RandomStream;
  /** Transfers on their way, in the order of sending. */
  readonly sendings: Sending[];
}

export class Channels {
  private readonly channels = new Map<number, Channel>();
  private readonly seed: number;
  private readonly nodeCount: number;

  constructor(seed: number, nodeCount: number) {
    this.seed = seed;
    this.nodeCount = nodeCount;
  }

  /** Draws the factor on the latency of the next message between the two, from `channel/<from>/<to>/jitter`. */
  latencyFactor(from: NodeId, to: NodeId, distribution: Distribution): number {
    return sample(distribution, this.channel(from, to).jitter);
  }

  sent(from: NodeId, to: NodeId, transfer: number): void {
    this.channel(from, to).sendings.push({ transfer, arrived: false });
  }

  /** Marks a transfer as arrived. */
  arrived(from: NodeId, to: NodeId, transfer: number): void {
    const sending = this.channel(from, to).sendings.find((one) => one.transfer === transfer);
    if (!sending)
      throw new Error(`the network delivered transfer ${transfer}, which is not on its way`);
    sending.arrived = true;
  }

  /** Takes the channel's oldest transfer if it has arrived; -1 if there is none to hand over. */
  next(from: NodeId, to: NodeId): number {
    const sendings = this.channel(from, to).sendings;
    return sendings.length > 0 && sendings[0].arrived ? sendings.shift()!.transfer : -1;
  }

  private channel(from: NodeId, to: NodeId): Channel {
    const key = from * this.nodeCount + to;
    let channel = this.channels.get(key);
    if (!channel) {
      const jitter = randomStream(this.seed, `channel/${from}/${to}/jitter`);
      this.channels.set(key, (channel = { jitter, sendings: [] }));
    }
    return channel;
  }
}
