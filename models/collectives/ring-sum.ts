/**
 * The sum of a vector over all nodes, on all nodes, without a server: ring all-reduce (Patarasuk and Yuan, JPDC 69(2),
 * 2009), a reduce-scatter and then an all-gather. On a ring of N the vector is cut into N chunks. In N - 1 steps each
 * chunk goes round the ring and each node adds its own values; in N - 1 steps more the sums go round. So chunk c is
 * summed in the order of positions c, c + 1, ... around the ring, whatever arrives when.
 *
 * Over several rings the reduce-scatter goes on with the chunk that is a node's own, on the next ring, and the
 * all-gathers come back the other way: hierarchical all-reduce. It knows neither what the vector is nor what epoch it is.
 *
 *   resting --begin--> reducing on ring 0, 1, ... --> gathering on ring ..., 1, 0 --> resting
 */
import type { NodeId } from '../../engine/world.ts';
import type { FloatArray } from '../learning/float-array.ts';
import type { Share } from '../learning/shares.ts';
import { chunkOf, type RingPlace } from './ring-places.ts';

/** A chunk on its way round a ring: partial sums, or sums. A message may be one, with more fields. */
export interface Chunk {
  /** The number of the ring, from 0. */
  readonly ring: number;
  /** Null under `numerics: 'cost'`. */
  readonly values: FloatArray | null;
  /** What the values take, in memory and on the wire. */
  readonly bytes: number;
}

/** What the owner of a sum does for it. */
export interface SumPort<C extends Chunk = Chunk> {
  /** Makes a message of a chunk; it goes round as it is. */
  message(chunk: Chunk): C;
  /** Sends the chunk, which is given away. */
  send(to: NodeId, chunk: C): void;
  /** Has so many elements added to others, by `addOwn`, as soon as the engine is free, and then calls `added`. */
  add(elements: number): void;
  /** Memory for chunks that wait, or are added to: as much as ever needed at once, until the sum has ended. */
  hold(bytes: number): void;
  release(bytes: number): void;
  /** The vector holds the sums. */
  summed(): void;
}

export class RingSum<C extends Chunk = Chunk> {
  private readonly port: SumPort<C>;
  private readonly places: readonly RingPlace[];
  /** On the wire. */
  private readonly elementBytes: number;
  private vector: FloatArray | null = null;
  /** What is summed on each ring, and after the last what has been summed on all. */
  private readonly ranges: Share[] = [];
  /** Passes in order: reducing on ring 0, 1, ..., then gathering on ring ..., 1, 0. */
  private pass: number;
  /** The ring of this pass, -1 while it rests, and of that ring: each chunk asks, and other objects are far away. */
  private ring = -1;
  private size = 0;
  private next: NodeId = -1;
  /** Chunks taken in this pass. */
  private taken = 0;
  /** The chunk that the engine adds to. */
  private adding: C | null = null;
  /** Chunks that have come before they can be taken, by ring: whoever sends them may be a sum ahead. */
  private readonly waiting: C[][];
  private waitingCount = 0;
  /** Bytes of the chunks that are here, and the memory held for them. */
  private hereBytes = 0;
  private heldBytes = 0;

  constructor(port: SumPort<C>, places: readonly RingPlace[], elementBytes: number) {
    this.port = port;
    this.places = places;
    this.elementBytes = elementBytes;
    this.pass = 2 * places.length;
    this.waiting = places.map(() => []);
  }

  get isResting(): boolean {
    return this.ring < 0;
  }

  /**
   * Sums elements [low, high) of the vector, in place. Null: costs alone. All nodes must begin the same sums in the same
   * order, and a node the next only when `summed` was called for the last.
   */
  begin(vector: FloatArray | null, range: Share): void {
    if (!this.isResting) throw new Error('a sum was begun before the last one had ended');
    this.vector = vector;
    this.ranges[0] = range;
    this.enter(0);
  }

  /** What is under way comes to nothing: gives back the memory of what is here. */
  stop(): void {
    if (this.heldBytes > 0) this.port.release(this.heldBytes);
    this.heldBytes = 0;
  }

  /** Takes a chunk, which is the receiver's own from here on. */
  receive(chunk: C): void {
    if (this.adding === null && this.ring === chunk.ring) return this.take(chunk);
    this.arrived(chunk.bytes);
    this.waiting[chunk.ring].push(chunk);
    this.waitingCount++;
  }

  /** Adds the node's own values to the chunk that is in turn. */
  addOwn(): void {
    const { ring, values } = this.adding!;
    const { low } = this.arriving(ring);
    const vector = this.vector!;
    for (let k = 0; k < values!.length; k++) values![k] += vector[low + k];
  }

  /** What `add` was asked for is done. */
  added(): void {
    const chunk = this.adding!;
    this.adding = null;
    this.hereBytes -= chunk.bytes;
    this.reduced(chunk);
    this.takeWaiting();
  }

  /** Sums are going round: chunks that come are kept and passed on, and nothing is added. */
  get isGathering(): boolean {
    return !this.isResting && !this.isReducing;
  }

  private get isReducing(): boolean {
    return this.pass === this.ring;
  }

  /** Begins a pass by sending the node's own chunk. */
  private enter(pass: number): void {
    const { places } = this;
    const ring = pass < places.length ? pass : 2 * places.length - 1 - pass;
    this.pass = pass;
    this.ring = ring;
    this.taken = 0;
    if (ring < 0) return this.end();
    const { size, position, next } = places[ring];
    this.size = size;
    this.next = next;
    const own = this.isReducing ? position : position + 1;
    if (this.isReducing) this.ranges[ring + 1] = chunkOf(this.ranges[ring], size, position + 1);
    if (size === 1) return this.enter(pass + 1);
    const { low, high } = chunkOf(this.ranges[ring], size, own);
    const values = this.vector?.slice(low, high) ?? null;
    const bytes = this.elementBytes * (high - low);
    this.port.send(next, this.port.message({ ring, values, bytes }));
    this.takeWaiting();
  }

  private takeWaiting(): void {
    while (this.waitingCount > 0 && this.adding === null && !this.isResting) {
      const chunk = this.waiting[this.ring].shift();
      if (chunk === undefined) return;
      this.waitingCount--;
      this.hereBytes -= chunk.bytes;
      this.take(chunk);
    }
  }

  private take(chunk: C): void {
    if (!this.isReducing) return this.gathered(chunk);
    if (chunk.bytes === 0) return this.reduced(chunk);
    this.adding = chunk;
    this.arrived(chunk.bytes);
    this.port.add(chunk.bytes / this.elementBytes);
  }

  private arrived(bytes: number): void {
    this.hereBytes += bytes;
    const lacking = this.hereBytes - this.heldBytes;
    if (lacking <= 0) return;
    this.port.hold(lacking);
    this.heldBytes = this.hereBytes;
  }

  /** What has come for the next sum stays. */
  private end(): void {
    this.port.release(this.heldBytes - this.hereBytes);
    this.heldBytes = this.hereBytes;
    this.port.summed();
  }

  /** Which chunk of the range comes next. */
  private arriving(ring: number): Share {
    const { size, position } = this.places[ring];
    const last = this.isReducing ? position - 1 : position;
    return chunkOf(this.ranges[ring], size, last - this.taken);
  }

  /** The node's values are in the partial sum: it goes on, or is whole. */
  private reduced(chunk: C): void {
    const { size, next } = this;
    if (this.taken < size - 2) {
      this.taken++;
      return this.port.send(next, chunk);
    }
    this.keep(chunk);
    this.enter(this.pass + 1);
  }

  private gathered(chunk: C): void {
    const { size, next } = this;
    this.keep(chunk);
    if (this.taken++ < size - 2) this.port.send(next, chunk);
    else this.enter(this.pass + 1);
  }

  private keep({ ring, values }: C): void {
    if (values !== null) this.vector!.set(values, this.arriving(ring).low);
  }
}
