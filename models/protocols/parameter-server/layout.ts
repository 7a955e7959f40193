/**
 * Who plays which part in a parameter server, and who keeps which parameters (PROTOCOLS D): workers come first, then the
 * first server of each shard, then the standbys shard by shard. Pure arithmetic.
 */
import type { NodeId } from '../../../engine/world.ts';
import { type Share, shareOf } from '../../learning/shares.ts';
import type { ParameterRange } from '../../spec/model.ts';

/** The first servers lead at first; the standbys follow them. */
export type ServerRole = 'worker' | 'server' | 'standby';

/** The options of the protocol that it follows from. */
export interface LayoutOptions {
  /** They share the model. */
  readonly servers?: number;
  /** Standbys of each of them. */
  readonly replicas?: number;
  readonly backupWorkers?: number;
}

export class ServerLayout {
  /** All nodes that are no servers. */
  readonly workers: number;
  /** Shares of an iteration that make up a batch: one of each worker, but for as many as there are backups. */
  readonly needed: number;
  readonly shards: number;
  private readonly replicas: number;

  constructor(nodes: number, { servers = 1, replicas = 0, backupWorkers = 0 }: LayoutOptions) {
    this.workers = nodes - servers * (1 + replicas);
    this.needed = this.workers - backupWorkers;
    this.shards = servers;
    this.replicas = replicas;
  }

  /**
   * The samples of a share, counted from the first of a batch of its iteration. With backups there are more of them than
   * a batch has: each worker has samples of its own, whoever is dropped.
   */
  samplesOf(
    batch: number,
    { iteration, share }: { readonly iteration: number; readonly share: number },
  ): Share {
    const { workers, needed } = this;
    if (needed === workers) return shareOf(batch, workers, share);
    const from = (count: number) =>
      batch * Math.floor(count / needed) + shareOf(batch, needed, count % needed).low;
    const before = iteration * (from(workers) - batch);
    return { low: before + from(share), high: before + from(share + 1) };
  }

  roleOf(node: NodeId): ServerRole {
    if (node < this.workers) return 'worker';
    return node < this.workers + this.shards ? 'server' : 'standby';
  }

  /** The shard of a server or standby. */
  shardOf(node: NodeId): number {
    const server = node - this.workers;
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

  /** Where the shards of so many parameters are cut. */
  boundsOf(parameters: number): number[] {
    const lows = Array.from({ length: this.shards }, (_, k) => this.rangeOf(k, parameters).low);
    return [...lows, parameters];
  }

  /** The parameters that a shard keeps, of so many in all: contiguous and near-equal, in order of the shards. */
  rangeOf(shard: number, parameters: number): ParameterRange {
    return shareOf(parameters, this.shards, shard);
  }
}
