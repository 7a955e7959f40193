/**
 * State of each pair of nodes, one channel a direction: the random stream of its latencies, and the order of sending
 * where the network does not keep it. A transfer that overtakes an earlier one of its channel is held back until that
 * one has arrived (invariant CH of PROTOCOLS section 0: what is delivered is a prefix of what was sent).
 */
import type { Distribution } from './distribution.ts';
import { sample } from './distribution.ts';
import { randomStream } from './random.ts';
import type { NodeId, RandomStream } from './world.ts';

/** Where a transfer is. */
const OUTSIDE = 0;
const ON_ITS_WAY = 1;
const ARRIVED = 2;
const NONE = -1;

export class Channels {
  /** Channel numbers by pair of nodes. */
  private readonly numbers = new Map<number, number>();
  private readonly jitters: RandomStream[] = [];
  /** By channel: the last transfer sent that has not been taken. */
  private readonly lasts: number[] = [];
  // By transfer that has not been taken: its channel, its place, and its neighbours in the channel.
  private readonly channels: number[] = [];
  private readonly places: number[] = [];
  private readonly before: number[] = [];
  private readonly after: number[] = [];
  private readonly seed: number;
  private readonly nodeCount: number;

  constructor(seed: number, nodeCount: number) {
    this.seed = seed;
    this.nodeCount = nodeCount;
  }

  /** Draws the factor on the latency of the next message between the two, from `channel/<from>/<to>/jitter`. */
  latencyFactor(from: NodeId, to: NodeId, distribution: Distribution): number {
    const channel = this.channel(from, to);
    this.jitters[channel] ??= randomStream(this.seed, `channel/${from}/${to}/jitter`);
    return sample(distribution, this.jitters[channel]);
  }

  /** `transfer` is a small whole number not in use. */
  sent(from: NodeId, to: NodeId, transfer: number): void {
    const channel = this.channel(from, to);
    const last = this.lasts[channel];
    this.lasts[channel] = transfer;
    if (last !== NONE) this.after[last] = transfer;
    for (let number = this.places.length; number <= transfer; number++) this.addTransfer();
    this.channels[transfer] = channel;
    this.places[transfer] = ON_ITS_WAY;
    this.before[transfer] = last;
    this.after[transfer] = NONE;
  }

  /** Marks a transfer as arrived. True if it is the oldest of its channel and can be taken. */
  arrived(transfer: number): boolean {
    if (this.places[transfer] !== ON_ITS_WAY)
      throw new Error(`the network delivered transfer ${transfer}, which is not on its way`);
    this.places[transfer] = ARRIVED;
    return this.before[transfer] === NONE;
  }

  /** Takes the oldest transfer of a channel, which has arrived. Returns the next if it can be taken too, else -1. */
  take(transfer: number): number {
    this.places[transfer] = OUTSIDE;
    const next = this.after[transfer];
    if (next === NONE) {
      this.lasts[this.channels[transfer]] = NONE;
      return NONE;
    }
    this.before[next] = NONE;
    return this.places[next] === ARRIVED ? next : NONE;
  }

  private addTransfer(): void {
    this.channels.push(NONE);
    this.places.push(OUTSIDE);
    this.before.push(NONE);
    this.after.push(NONE);
  }

  private channel(from: NodeId, to: NodeId): number {
    const pair = from * this.nodeCount + to;
    let channel = this.numbers.get(pair);
    if (channel === undefined) {
      channel = this.lasts.push(NONE) - 1;
      this.numbers.set(pair, channel);
    }
    return channel;
  }
}
