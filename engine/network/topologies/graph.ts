/**
 * Any graph of nodes, switches and links. A message takes the path of the least latency; of equal paths the one
 * with the fewest links, and of those the one whose last link has the lowest number, then the last but one, and so
 * on. Paths are found from a source when it first sends, and only so many sources are remembered at a time: no
 * table of all pairs.
 */
import type { Link, Topology } from '../topology.ts';
import { LinkHeap } from '../fair/link-heap.ts';

/** One direction of a link. Vertices 0 to nodeCount - 1 are the nodes, higher ones are switches. */
export interface Edge extends Link {
  readonly from: number;
  readonly to: number;
}

/** Entries kept for remembered sources: at most this many, but at least sixteen sources. */
const REMEMBERED_NUMBERS = 2 ** 24;
const SOURCES_LEAST = 16;

/**
 * A topology over those edges, in their order.
 * @throws RangeError when a vertex is unknown or some node cannot reach another
 */
export function graphTopology(
  nodeCount: number,
  vertexCount: number,
  edges: readonly Edge[],
): Topology {
  const paths = new ShortestPaths(vertexCount, edges);
  const unreached = paths.unreachedNode(nodeCount);
  if (unreached)
    throw new RangeError(
      `no path leads from node ${unreached.source} to node ${unreached.target}; ` +
        'links that connect all nodes would be right',
    );
  return {
    kind: 'links',
    nodeCount,
    linkCount: edges.length,
    link: (index) => edges[index],
    route: (source, target, into) => paths.route(source, target, into),
    ends: (index) => edges[index],
    longestRoute: Math.max(1, vertexCount - 1),
  };
}

/** Shortest paths by the rule above, optionally without some edges. */
export class ShortestPaths {
  /** Edges that leave each vertex: `leaving` from `first[v]` to `first[v + 1]`. */
  private readonly first: Int32Array;
  private readonly leaving: Int32Array;
  /** By source, the last edge of the path to each vertex; least recently used first. */
  private readonly remembered = new Map<number, Int32Array>();
  private readonly rememberedMost: number;
  private readonly distances: Float64Array;
  private readonly hops: Int32Array;
  private readonly queue = new LinkHeap();

  constructor(
    private readonly vertexCount: number,
    private readonly edges: readonly Edge[],
    private readonly avoided: ReadonlySet<number> = new Set(),
  ) {
    this.first = new Int32Array(vertexCount + 1);
    this.leaving = new Int32Array(edges.length);
    for (const { id, from, to } of edges) {
      if (!(from >= 0 && from < vertexCount && to >= 0 && to < vertexCount))
        throw new RangeError(
          `link ${id}: its ends are ${from} and ${to}, known ones would be right`,
        );
      this.first[from + 1]++;
    }
    for (let vertex = 0; vertex < vertexCount; vertex++)
      this.first[vertex + 1] += this.first[vertex];
    const filled = this.first.slice();
    edges.forEach(({ from }, index) => (this.leaving[filled[from]++] = index));
    this.rememberedMost = Math.max(SOURCES_LEAST, Math.floor(REMEMBERED_NUMBERS / vertexCount));
    this.distances = new Float64Array(vertexCount);
    this.hops = new Int32Array(vertexCount);
    this.queue.reserve(vertexCount);
  }

  /** As `Topology.route`; 0 too where no path is left. */
  route(source: number, target: number, into: Int32Array): number {
    if (source === target) return 0;
    const last = this.from(source);
    let count = 0;
    for (let at = target; at !== source; at = this.edges[last[at]].from) {
      if (last[at] < 0) return 0;
      into[count++] = last[at];
    }
    into.subarray(0, count).reverse();
    return count;
  }

  /** Two nodes without a path, or null: it is enough that all are reached from node 0 and reach it. */
  unreachedNode(nodeCount: number): { source: number; target: number } | null {
    const out = this.from(0);
    for (let target = 1; target < nodeCount; target++)
      if (out[target] < 0) return { source: 0, target };
    const back = new ShortestPaths(this.vertexCount, this.edges.map(reversed)).from(0);
    for (let source = 1; source < nodeCount; source++)
      if (back[source] < 0) return { source, target: 0 };
    return null;
  }

  private from(source: number): Int32Array {
    const found = this.remembered.get(source);
    if (found) {
      if (this.remembered.size === this.rememberedMost) {
        this.remembered.delete(source);
        this.remembered.set(source, found);
      }
      return found;
    }
    if (this.remembered.size === this.rememberedMost) {
      const [oldest] = this.remembered.keys();
      this.remembered.delete(oldest);
    }
    const last = this.search(source);
    this.remembered.set(source, last);
    return last;
  }

  /** Dijkstra by (latency, links, number of the last edge). */
  private search(source: number): Int32Array {
    const { distances, hops, queue, edges, avoided, first, leaving } = this;
    const last = new Int32Array(this.vertexCount).fill(-1);
    distances.fill(Infinity);
    distances[source] = 0;
    hops[source] = 0;
    queue.set(source, 0);
    while (queue.size > 0) {
      const vertex = queue.top;
      queue.remove(vertex);
      for (let at = first[vertex]; at < first[vertex + 1]; at++) {
        const edge = leaving[at];
        const { to, latencyNs } = edges[edge];
        if (to === source || avoided.has(edge)) continue;
        const distance = distances[vertex] + latencyNs;
        const count = hops[vertex] + 1;
        const isBetter =
          distance < distances[to] ||
          (distance === distances[to] &&
            (count < hops[to] || (count === hops[to] && edge < last[to])));
        if (!isBetter) continue;
        distances[to] = distance;
        hops[to] = count;
        last[to] = edge;
        queue.set(to, distance);
      }
    }
    return last;
  }
}

function reversed(edge: Edge): Edge {
  return { ...edge, from: edge.to, to: edge.from };
}
