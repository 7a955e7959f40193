/**
 * Who plays which part in a parameter server, and who keeps which parameters (PROTOCOLS D): workers come first, then the
 * first server of each shard, then the standbys shard by shard. Pure arithmetic.
 */
import type { NodeId } from '../../../engine/world.ts';
import { shareOf } from '../../learning/shares.ts';
import type { ParameterRange } from '../../spec/model.ts';

/** The first servers lead at first; the standbys follow them. */
export type ServerRole = 'worker' | 'server' | 'standby';

export class ServerLayout {
  readonly workers: number;
  readonly shards: number;
  private readonly replicas: number;

  /** `shards` servers share the model; each has `replicas` standbys; all other nodes are workers. */
  constructor(nodes: number, shards: number, replicas: number) {
    this.workers = nodes - shards * (1 + replicas);
    this.shards = shards;
    this.replicas = replicas;
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
