/**
 * The mean of a vector of every node, without a server: an all-reduce by pairwise exchange (Thakur, Rabenseifner and
 * Gropp, IJHPCA 19(1), 2005). Each node adds up one part of the vector, in the order of the nodes, and sends the mean of it
 * to all others: whatever arrives first, all end with the same bits. In step k node i sends to node i + k, so that on a
 * star no two meet at a NIC. It knows neither what the vector is nor when it is averaged.
 */
import type { Job, NodeId, World } from '../../engine/world.ts';
import { elementWise } from '../costs/job-profiles.ts';
import type { FloatArray } from '../learning/float-array.ts';
import { shareOf } from '../learning/shares.ts';
import type { ElementBytes } from '../spec/training.ts';

/** `part`: the sender's values of the receiver's part. `mean`: the mean of the sender's. Null under `numerics: 'cost'`. */
export interface MeanMessage {
  readonly kind: 'part' | 'mean';
  readonly values: FloatArray | null;
  /** What the values take in memory, and on the wire. */
  readonly bytes: number;
}

export class PairwiseMean {
  /** True from the last mean of a round to the next `begin`. */
  isDone = false;
  private vector: FloatArray | null = null;
  private length = 0;
  private state: 'resting' | 'collecting' | 'adding' | 'spreading' = 'resting';
  /** The parts that have come, by sender; those of the next round may come while means of this one are missing. */
  private readonly parts = new Map<NodeId, MeanMessage>();
  private means = 0;

  constructor(
    private readonly world: World<MeanMessage>,
    private readonly nodes: number,
    private readonly elementBytes: Pick<ElementBytes, 'weights' | 'wire'>,
  ) {}

  /** Starts a round: the vector of that many elements is averaged in place. Null: costs alone. The engine must be free. */
  begin(vector: FloatArray | null, length: number): void {
    this.vector = vector;
    this.length = length;
    this.state = 'collecting';
    this.means = 0;
    this.isDone = false;
    this.sendAll('part');
    this.addOnceAllAreHere();
  }

  receive(message: MeanMessage, from: NodeId): void {
    const { values, bytes } = message;
    if (message.kind === 'part') {
      if (this.parts.has(from)) throw new Error(`node ${from} sent its part a second time`);
      this.parts.set(from, message);
      this.world.hold('buffers', bytes);
      this.addOnceAllAreHere();
    } else {
      if (values !== null) this.vector!.set(values, this.partOf(from).low);
      this.means++;
      this.endOnceAllAreHere();
    }
  }

  /** Must be called when the job has ended that a round starts. */
  computed(): void {
    for (const { bytes } of this.parts.values()) this.world.release('buffers', bytes);
    this.parts.clear();
    this.state = 'spreading';
    this.sendAll('mean');
    this.endOnceAllAreHere();
  }

  private addOnceAllAreHere(): void {
    if (this.state !== 'collecting' || this.parts.size < this.nodes - 1) return;
    this.state = 'adding';
    const { low, high } = this.partOf(this.world.self);
    const flops = this.nodes * (high - low);
    // It reads each part once, and writes the mean.
    const profile = elementWise(flops, this.elementBytes.weights * (flops + high - low));
    const job: Job = { name: 'mean', flops, profile, run: () => this.add() };
    this.world.compute(job);
  }

  /** The mean of the node's own part, summed in the order of the nodes, from zero. */
  private add(): void {
    const { low, high } = this.partOf(this.world.self);
    const sum = this.vector!.subarray(low, high);
    const own = sum.slice();
    sum.fill(0);
    for (let node = 0; node < this.nodes; node++) {
      const values = node === this.world.self ? own : this.parts.get(node)!.values!;
      for (let k = 0; k < sum.length; k++) sum[k] += values[k];
    }
    for (let k = 0; k < sum.length; k++) sum[k] /= this.nodes;
  }

  private endOnceAllAreHere(): void {
    if (this.state !== 'spreading' || this.means < this.nodes - 1) return;
    this.state = 'resting';
    this.isDone = true;
  }

  private sendAll(kind: MeanMessage['kind']): void {
    const { self } = this.world;
    for (let k = 1; k < this.nodes; k++) {
      const to = (self + k) % this.nodes;
      const { low, high } = this.partOf(kind === 'part' ? to : self);
      const values = this.vector?.slice(low, high) ?? null;
      const bytes = this.elementBytes.wire * (high - low);
      this.world.send(to, { kind, values, bytes }, bytes);
    }
  }

  private partOf(node: NodeId) {
    return shareOf(this.length, this.nodes, node);
  }
}
