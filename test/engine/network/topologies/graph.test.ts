import fc from 'fast-check';
import t from 'tap';
import { graphTopology, type Edge } from '../../../../engine/network/topologies/graph.ts';
import { isRoute, latencyOf, namesOf, routeOf } from './walks.ts';

function edge(from: number, to: number, latencyNs: number, name = `${from}->${to}`): Edge {
  return { id: name, from, to, latencyNs, bandwidthBytesPerSecond: 1e9 };
}

/** A strongly connected graph: a ring of all vertices both ways, and some more edges. */
const graphs = fc.integer({ min: 2, max: 12 }).chain((vertices) =>
  fc.record({
    vertices: fc.constant(vertices),
    nodes: fc.integer({ min: 2, max: vertices }),
    around: fc.array(fc.nat(5), { minLength: 2 * vertices, maxLength: 2 * vertices }),
    more: fc.array(fc.tuple(fc.nat(vertices - 1), fc.nat(vertices - 1), fc.nat(5)), {
      maxLength: 15,
    }),
  }),
);

function edgesOf(graph: { vertices: number; around: number[]; more: number[][] }): Edge[] {
  const edges = graph.around.map((latency, index) => {
    const vertex = index >> 1;
    const next = (vertex + 1) % graph.vertices;
    return index % 2 === 0 ? edge(vertex, next, latency) : edge(next, vertex, latency);
  });
  for (const [from, to, latency] of graph.more)
    if (from !== to) edges.push(edge(from, to, latency));
  return edges;
}

/** Least latencies between all vertices, by Floyd and Warshall. */
function leastLatencies(vertices: number, edges: Edge[]): number[][] {
  const least = Array.from({ length: vertices }, (_, from) =>
    Array.from({ length: vertices }, (_, to) => (from === to ? 0 : Infinity)),
  );
  for (const { from, to, latencyNs } of edges)
    least[from][to] = Math.min(least[from][to], latencyNs);
  for (let via = 0; via < vertices; via++)
    for (let from = 0; from < vertices; from++)
      for (let to = 0; to < vertices; to++)
        least[from][to] = Math.min(least[from][to], least[from][via] + least[via][to]);
  return least;
}

t.test('a route in any graph is a walk of the least latency', async (t) => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const edges = edgesOf(graph);
      const topology = graphTopology(graph.nodes, graph.vertices, edges);
      const least = leastLatencies(graph.vertices, edges);
      for (let source = 0; source < graph.nodes; source++)
        for (let target = 0; target < graph.nodes; target++) {
          if (!isRoute(topology, source, target)) return false;
          let at = source;
          for (const link of routeOf(topology, source, target)) {
            if (edges[link].from !== at) return false;
            at = edges[link].to;
          }
          if (at !== target) return false;
          if (latencyOf(topology, source, target) !== least[source][target]) return false;
        }
      return true;
    }),
  );
  t.pass();
});

t.test('ties: fewest links first, then the lowest number of the last link', async (t) => {
  const short = [
    edge(0, 2, 1),
    edge(2, 1, 1),
    edge(0, 1, 2),
    edge(1, 0, 1),
    edge(2, 0, 1),
    edge(1, 2, 1),
  ];
  t.same(namesOf(graphTopology(2, 3, short), 0, 1), ['0->1'], 'one link rather than two');
  const twin = [edge(0, 1, 5, 'first'), edge(0, 1, 5, 'second'), edge(1, 0, 5, 'back')];
  t.same(namesOf(graphTopology(2, 2, twin), 0, 1), ['first']);
});

t.test('routes stay the same when more sources send than are remembered', async (t) => {
  const vertices = 2 ** 20 + 40;
  const edges: Edge[] = [];
  for (let node = 1; node < 40; node++) edges.push(edge(0, node, node), edge(node, 0, node));
  const topology = graphTopology(40, vertices, edges);
  const before = namesOf(topology, 5, 7);
  for (let source = 0; source < 40; source++) namesOf(topology, source, (source + 1) % 40);
  t.same(namesOf(topology, 5, 7), before);
  t.same(before, ['5->0', '0->7']);
});

t.test('a node that cannot be reached, or cannot reach, is an error that names it', async (t) => {
  t.throws(() => graphTopology(3, 3, [edge(0, 1, 1), edge(1, 0, 1)]), {
    message: 'no path leads from node 0 to node 2; links that connect all nodes would be right',
  });
  t.throws(() => graphTopology(2, 2, [edge(0, 1, 1)]), { message: /from node 1 to node 0/ });
  t.throws(() => graphTopology(2, 2, [edge(0, 5, 1)]), { message: /its ends are 0 and 5/ });
});
