/** A small cluster whose nodes do nothing but sum vectors, and what the sums must be. */
import type { Distribution } from '../../../engine/distribution.ts';
import type { Topology } from '../../../engine/network/topology.ts';
import type { Sharing } from '../../../engine/network/build.ts';
import { Simulation } from '../../../engine/simulation.ts';
import type { HostSpec } from '../../../engine/host-spec.ts';
import type { Message, Node, NodeId, World } from '../../../engine/world.ts';
import { chunkOf, placesIn } from '../../../models/collectives/ring-places.ts';
import { type Chunk, RingSum } from '../../../models/collectives/ring-sum.ts';
import type { FloatArray } from '../../../models/learning/float-array.ts';
import { shareOf } from '../../../models/learning/shares.ts';

type ChunkMessage = Message & Chunk;

export interface Summing {
  readonly seed: number;
  readonly hosts: readonly HostSpec[];
  readonly topology: Topology;
  readonly sharing: Sharing;
  readonly jitter?: { compute?: Distribution; latency?: Distribution };
  readonly groups: number;
  /** Elements of each sum, one after the other. */
  readonly lengths: readonly number[];
  readonly precision: 32 | 64;
  /** By sum, then by node; null: costs alone. */
  readonly vectors: readonly (readonly FloatArray[])[] | null;
}

/** Works a while, then sums the vectors in turn. */
class SummingNode implements Node<ChunkMessage> {
  readonly phase = 'summing';
  finished = false;
  private readonly sum: RingSum<ChunkMessage>;
  private next = 0;
  private heldBytes = 0;

  constructor(
    private readonly world: World<ChunkMessage>,
    private readonly work: Summing,
  ) {
    const nodes = work.hosts.map((_, node) => node);
    const places = placesIn(nodes, work.groups, world.self);
    const port = {
      message: (chunk: Chunk) => ({ kind: 'chunk', ...chunk }),
      send: (to: NodeId, chunk: ChunkMessage) => world.send(to, chunk, chunk.bytes),
      add: (flops: number) => world.compute({ name: 'add', flops, run: () => this.sum.addOwn() }),
      hold: (bytes: number) => void (this.heldBytes += bytes),
      release: (bytes: number) => void (this.heldBytes -= bytes),
      summed: () => this.summed(),
    };
    this.sum = new RingSum(port, places, work.precision / 8);
  }

  start(): void {
    if (this.work.jitter === undefined) return this.begin();
    this.world.compute({ name: 'own work', flops: 1000, run() {} });
  }

  receive(chunk: ChunkMessage): void {
    this.sum.receive(chunk);
  }

  computed({ name }: { name: string }): void {
    if (name === 'add') this.sum.added();
    else this.begin();
  }

  woken(): void {}

  waitsFor(): string {
    return 'chunks';
  }

  private begin(): void {
    const { lengths, vectors } = this.work;
    const vector = vectors === null ? null : vectors[this.next][this.world.self];
    this.sum.begin(vector, { low: 0, high: lengths[this.next++] });
  }

  private summed(): void {
    if (this.next < this.work.lengths.length) return this.begin();
    if (this.heldBytes !== 0) throw new Error(`${this.heldBytes} bytes are still held`);
    this.finished = true;
  }
}

/** Runs it to the end; the vectors are summed in place. */
export function runSums(work: Summing) {
  const simulation = new Simulation({
    ...work,
    runJobs: work.vectors !== null,
    place: (world) => new SummingNode(world as World<ChunkMessage>, work),
  });
  while (simulation.run(1e6));
  return simulation.result();
}

/** The sum in the order of a ring: chunk c from position c on. `into` gets it, from `low` on. */
function ringSum(vectors: readonly FloatArray[], low: number, into: FloatArray): void {
  const count = vectors.length;
  for (let first = 0; first < count; first++) {
    const chunk = chunkOf({ low: 0, high: vectors[0].length }, count, first);
    for (let k = chunk.low; k < chunk.high; k++) {
      const one = into.subarray(low + k, low + k + 1);
      one[0] = vectors[first][k];
      for (let hop = 1; hop < count; hop++) one[0] += vectors[(first + hop) % count][k];
    }
  }
}

/** What every node must end with, in plain loops: the groups' sums, chunk by chunk, and then their sums. */
export function expectedSum(vectors: readonly FloatArray[], groups: number): FloatArray {
  const count = vectors.length;
  const sum = vectors[0].slice();
  const size = count / groups;
  if (groups === 1 || size === 1 || count % groups !== 0) {
    ringSum(vectors, 0, sum);
    return sum;
  }
  const sums = Array.from({ length: groups }, (_, group) => {
    const own = vectors[0].slice();
    ringSum(vectors.slice(group * size, (group + 1) * size), 0, own);
    return own;
  });
  for (let chunk = 0; chunk < size; chunk++) {
    const { low, high } = shareOf(sum.length, size, chunk);
    ringSum(
      sums.map((each) => each.slice(low, high)),
      low,
      sum,
    );
  }
  return sum;
}
