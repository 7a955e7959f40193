/**
 * Who plays which part in a parameter server, and who keeps which parameters (PROTOCOLS D). Each part is a seat: workers
 * come first, then the first server of each shard, then the standbys shard by shard. A node has one seat, of the same
 * number, or where servers are beside workers those of a worker, of a server and of standbys. Pure arithmetic.
 */
import type { NodeId } from '../../../engine/world.ts';
import type { FloatArray } from '../../learning/float-array.ts';
import { type Share, shareOf } from '../../learning/shares.ts';
import type { ParameterRange } from '../../spec/model.ts';
import { type Servers, shardCount, shardCuts } from './shard/shard-cuts.ts';

/** The first servers lead at first; the standbys follow them. A serving worker is one of them, or several, beside. */
export type ServerRole = 'worker' | 'server' | 'standby' | 'serving worker';

/** Whether servers have nodes of their own, or those of workers. */
export type ServerPlace = 'apart' | 'beside';

/** A share of the batch of an iteration. */
interface BatchShare {
  readonly iteration: number;
  readonly share: number;
}

/** The options of the protocol that it follows from. */
export interface LayoutOptions {
  /** They share the model. */
  readonly servers?: Servers;
  /** Standbys of each of them. */
  readonly replicas?: number;
  readonly backupWorkers?: number;
  readonly place?: ServerPlace;
}

export class ServerLayout {
  readonly workers: number;
  /** Workers, servers and standbys in all. */
  readonly seats: number;
  /** Whether a node may have several of them. */
  readonly isBeside: boolean;
  /** Shares of an iteration that make up a batch: one of each worker, but for as many as there are backups. */
  readonly needed: number;
  readonly shards: number;
  private readonly replicas: number;
  private readonly servers: Servers;
  /** By shard, of so many parameters: they are asked for with each push. */
  private cuts: readonly (readonly ParameterRange[])[] = [];
  private cutParameters = -1;

  constructor(
    nodes: number,
    { servers = 1, replicas = 0, backupWorkers = 0, place = 'apart' }: LayoutOptions,
  ) {
    this.servers = servers;
    this.shards = shardCount(servers);
    const serving = this.shards * (1 + replicas);
    this.isBeside = place === 'beside';
    this.workers = this.isBeside ? nodes : nodes - serving;
    this.seats = this.workers + serving;
    this.needed = this.workers - backupWorkers;
    this.replicas = replicas;
  }

  /**
   * The samples of a share, counted from the first of a batch of its iteration. With backups there are more of them than
   * a batch has: each worker has samples of its own, whoever is dropped.
   */
  samplesOf(batch: number, { iteration, share }: BatchShare): Share {
    if (this.needed === this.workers) return shareOf(batch, this.workers, share);
    return this.samplesBeside(batch, iteration, share);
  }

  /** How many samples a share has. */
  samplesIn(batch: number, item: BatchShare): number {
    const { low, high } = this.samplesOf(batch, item);
    return high - low;
  }

  /** The same as `samplesOf` where there are backups. */
  private samplesBeside(batch: number, iteration: number, share: number): Share {
    const { workers, needed } = this;
    const from = (count: number) =>
      batch * Math.floor(count / needed) + shareOf(batch, needed, count % needed).low;
    const before = iteration * (from(workers) - batch);
    return { low: before + from(share), high: before + from(share + 1) };
  }

  /** The node that has the seat. Beside workers, shard s is at node s, and its standbys are at the nodes after that. */
  nodeOf(seat: NodeId): NodeId {
    const { workers, isBeside } = this;
    if (!isBeside || seat < workers) return seat;
    const shard = this.shardOf(seat);
    return (shard + this.serversOf(shard).indexOf(seat)) % workers;
  }

  /** The nodes that have these seats, each once. */
  nodesOf(seats: readonly NodeId[]): readonly NodeId[] {
    if (!this.isBeside) return seats;
    return [...new Set(seats.map((seat) => this.nodeOf(seat)))];
  }

  /** By node: its seats in order. */
  seatsByNode(): NodeId[][] {
    const { workers, seats } = this;
    const byNode = Array.from({ length: this.isBeside ? workers : seats }, (): NodeId[] => []);
    for (let seat = 0; seat < seats; seat++) byNode[this.nodeOf(seat)].push(seat);
    return byNode;
  }

  /** Of a node that has these seats. */
  roleOf([seat, ...further]: readonly NodeId[]): ServerRole {
    if (further.length > 0) return 'serving worker';
    if (seat < this.workers) return 'worker';
    return seat < this.workers + this.shards ? 'server' : 'standby';
  }

  /** The shard of the server or standby in that seat. */
  shardOf(seat: NodeId): number {
    const server = seat - this.workers;
    return server < this.shards ? server : Math.floor((server - this.shards) / this.replicas);
  }

  /** The servers of a shard: who leads at first, then its standbys. */
  serversOf(shard: number): NodeId[] {
    const first = this.workers + this.shards + shard * this.replicas;
    const standbys = Array.from({ length: this.replicas }, (_, k) => first + k);
    return [this.workers + shard, ...standbys];
  }

  /** Of a worker's messages the k-th goes to that shard: it begins with its own, so that they do not all meet at one. */
  inTurn(worker: NodeId, k: number): number {
    return (worker + k) % this.shards;
  }

  /** Where the shards of so many parameters are cut, one after another. */
  boundsOf(parameters: number): number[] {
    const bounds = [0];
    for (let shard = 0; shard < this.shards; shard++)
      bounds.push(bounds[shard] + this.sizeOf(shard, parameters));
    return bounds;
  }

  /** How many parameters a shard keeps, of so many in all. */
  sizeOf(shard: number, parameters: number): number {
    return this.rangesOf(shard, parameters).reduce((sum, { low, high }) => sum + high - low, 0);
  }

  /** The parameters that a shard keeps, of so many in all, in order. */
  rangesOf(shard: number, parameters: number): readonly ParameterRange[] {
    if (parameters !== this.cutParameters) this.cuts = shardCuts(this.servers, parameters);
    this.cutParameters = parameters;
    return this.cuts[shard];
  }

  /** A shard's part of a vector of all parameters, in an array of its own. */
  gather(whole: FloatArray, shard: number): FloatArray {
    const ranges = this.rangesOf(shard, whole.length);
    if (ranges.length === 1) return whole.slice(ranges[0].low, ranges[0].high);
    const part = whole.slice(0, this.sizeOf(shard, whole.length));
    let at = 0;
    for (const { low, high } of ranges) {
      part.set(whole.subarray(low, high), at);
      at += high - low;
    }
    return part;
  }

  /** A shard's part, of so many parameters in all, run by run: where each begins in the vector of all. */
  *runsOf(part: FloatArray, shard: number, parameters: number): Generator<[number, FloatArray]> {
    let at = 0;
    for (const { low, high } of this.rangesOf(shard, parameters)) {
      yield [low, part.subarray(at, at + high - low)];
      at += high - low;
    }
  }
}
