/**
 * What heartbeats between watching pairs ask of the network: how long they travel, and how much of each link they
 * take. In a run they travel on a priority lane, where each finds an empty path. Here it is computed what they would
 * take if they queued behind each other.
 */
import { BEAT_BYTES } from '../faults/traffic-counters.ts';
import type { Topology } from '../network/topology.ts';
import type { NodeId } from '../world.ts';

/** Two nodes that exchange a frame each way in every heartbeat: from the start, or only once others are lost. */
export interface WatchedPair {
  readonly one: NodeId;
  readonly other: NodeId;
  readonly since: 'start' | 'loss';
}

export class Lane {
  /** The longest round trip of a heartbeat between two nodes of a pair, on empty paths. */
  readonly longestAnswerNs: number = 0;
  /** The longest one-way time of a pair at full load: on every link one frame of every pair is ahead of it. */
  readonly longestLoadedNs: number = 0;
  /** No two nodes are farther apart, one way for next to no bytes. */
  readonly farthestNs: number;
  /** By link: time that one round of heartbeats takes, counting pairs that watch from the start. */
  readonly beatNs: Float64Array;
  private readonly topology: Topology;
  private readonly route: Int32Array;
  private readonly frameNs: Float64Array;
  private readonly latencyNs: Float64Array;
  /** As `beatNs`, counting all pairs. */
  private readonly fullNs: Float64Array;

  /** @param pairs gives them anew each time it is called, each pair once */
  constructor(topology: Topology, pairs: () => Iterable<WatchedPair>) {
    const { linkCount } = topology;
    this.topology = topology;
    this.route = new Int32Array(Math.max(1, topology.longestRoute));
    this.frameNs = new Float64Array(linkCount);
    this.latencyNs = new Float64Array(linkCount);
    this.beatNs = new Float64Array(linkCount);
    this.fullNs = new Float64Array(linkCount);
    for (let link = 0; link < linkCount; link++) {
      const { bandwidthBytesPerSecond, latencyNs } = topology.link(link);
      this.frameNs[link] = (BEAT_BYTES / bandwidthBytesPerSecond) * 1e9;
      this.latencyNs[link] = latencyNs;
    }
    this.farthestNs =
      topology.longestRoute * this.latencyNs.reduce((most, ns) => Math.max(most, ns), 0);
    for (const { one, other, since } of pairs()) {
      this.load(one, other, since);
      this.load(other, one, since);
    }
    for (const { one, other } of pairs()) {
      const there = this.wayNs(one, other);
      const back = this.wayNs(other, one);
      this.longestAnswerNs = Math.max(this.longestAnswerNs, there.emptyNs + back.emptyNs);
      this.longestLoadedNs = Math.max(this.longestLoadedNs, there.loadedNs, back.loadedNs);
    }
  }

  private load(source: NodeId, target: NodeId, since: WatchedPair['since']): void {
    const { route, frameNs, beatNs, fullNs } = this;
    const hops = this.topology.route(source, target, route);
    for (let hop = 0; hop < hops; hop++) {
      const link = route[hop];
      fullNs[link] += frameNs[link];
      if (since === 'start') beatNs[link] += frameNs[link];
    }
  }

  private wayNs(source: NodeId, target: NodeId): { emptyNs: number; loadedNs: number } {
    const { route, frameNs, latencyNs, fullNs } = this;
    const hops = this.topology.route(source, target, route);
    let [latencySumNs, slowestNs, loadedNs] = [0, 0, 0];
    for (let hop = 0; hop < hops; hop++) {
      const link = route[hop];
      latencySumNs += latencyNs[link];
      slowestNs = Math.max(slowestNs, frameNs[link]);
      loadedNs += latencyNs[link] + fullNs[link];
    }
    return { emptyNs: latencySumNs + Math.ceil(slowestNs), loadedNs: Math.ceil(loadedNs) };
  }
}
