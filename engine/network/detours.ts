/**
 * The paths that messages take where links are to be avoided: the usual route if it holds none of them, otherwise the
 * shortest path without them. It must not know why links are avoided.
 */
import type { NodeId } from '../world.ts';
import { type Edge, ShortestPaths } from './topologies/graph.ts';
import type { Topology } from './topology.ts';
import { roomForWay, wayInto } from './way.ts';

export class Detours {
  private readonly topology: Topology;
  private readonly room: Int32Array;
  private readonly edges: readonly Edge[];
  private readonly vertexCount: number;
  private avoided: ReadonlySet<number> = new Set();
  private paths: ShortestPaths;
  /** Detours found for the present set of avoided links, by pair; null where the usual route is taken. */
  private readonly found = new Map<number, Int32Array | null>();

  /** The topology must tell the ends of its links. */
  constructor(topology: Topology) {
    this.topology = topology;
    this.room = roomForWay(topology);
    this.edges = Array.from({ length: topology.linkCount }, (_, index) => ({
      ...topology.link(index),
      ...{ from: topology.ends!(index).from, to: topology.ends!(index).to },
    }));
    this.vertexCount = this.edges.reduce(
      (count, { from, to }) => Math.max(count, from + 1, to + 1),
      topology.nodeCount,
    );
    this.paths = new ShortestPaths(this.vertexCount, this.edges);
  }

  /** From now on messages avoid those links, and no others. */
  avoid(links: ReadonlySet<number>): void {
    this.avoided = new Set(links);
    this.paths = new ShortestPaths(this.vertexCount, this.edges, this.avoided);
    this.found.clear();
  }

  /** The links of the detour; null where the usual route holds no avoided link, or where there is no other path. */
  of(source: NodeId, target: NodeId): Int32Array | null {
    if (this.avoided.size === 0) return null;
    const key = source * this.topology.nodeCount + target;
    let detour = this.found.get(key);
    if (detour === undefined) this.found.set(key, (detour = this.find(source, target)));
    return detour;
  }

  /** Whether a path holds one of those links: the detour, or the usual route where it is null. */
  holds(source: NodeId, target: NodeId, detour: Int32Array | null, links: readonly number[]) {
    const route = this.room;
    const hops = wayInto(this.topology, source, target, detour, route);
    for (let hop = 0; hop < hops; hop++) if (links.includes(route[hop])) return true;
    return false;
  }

  private find(source: NodeId, target: NodeId): Int32Array | null {
    if (!this.holds(source, target, null, [...this.avoided])) return null;
    const hops = this.paths.route(source, target, this.room);
    return hops === 0 ? null : this.room.slice(0, hops);
  }
}

/** The links that lead directly from one node to the other; none where nodes are not joined by cables. */
export function cablesBetween(topology: Topology, from: NodeId, to: NodeId): number[] {
  const links: number[] = [];
  if (!topology.ends) return links;
  for (let link = 0; link < topology.linkCount; link++) {
    const ends = topology.ends(link);
    if (ends.from === from && ends.to === to) links.push(link);
  }
  return links;
}
