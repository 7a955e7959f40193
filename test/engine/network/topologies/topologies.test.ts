import fc from 'fast-check';
import t from 'tap';
import { clustersTopology } from '../../../../engine/network/topologies/clusters.ts';
import { fatTreeTopology, leastPorts } from '../../../../engine/network/topologies/fat-tree.ts';
import { racksTopology } from '../../../../engine/network/topologies/racks.ts';
import { squarestRows, torusTopology } from '../../../../engine/network/topologies/torus.ts';
import { ringTopology } from '../../../../engine/network/ring.ts';
import { starTopology } from '../../../../engine/network/star.ts';
import { isRoute, latencyOf, namesAreUnique, namesOf, nodesAndEnds, routeOf } from './walks.ts';

const torus = (nodes: number) =>
  torusTopology(squarestRows(nodes), nodes / squarestRows(nodes), 1e9, 7);
const racks = (nodes: number) =>
  racksTopology({
    nodes,
    nodesPerRack: 5,
    oversubscription: 4,
    bandwidthBytesPerSecond: 1e9,
    latencyNs: 10,
    coreLatencyNs: 30,
  });
const fatTree = (nodes: number) =>
  fatTreeTopology({
    nodes,
    ports: leastPorts(nodes),
    bandwidthBytesPerSecond: 1e9,
    latencyNs: 10,
    coreLatencyNs: 30,
  });
const clusters = (nodes: number) =>
  clustersTopology({
    nodes,
    nodesPerGroup: 8,
    bandwidthBytesPerSecond: 3e11,
    latencyNs: 1000,
    outsideBandwidthBytesPerSecond: 1e9,
    outsideLatencyNs: 20000,
  });

t.test('routes of every topology are routes, and every link has its own name', async (t) => {
  for (const make of [torus, racks, fatTree, clusters]) {
    fc.assert(
      fc.property(nodesAndEnds(70), ([nodes, source, target]) =>
        isRoute(make(nodes), source, target),
      ),
    );
    fc.assert(fc.property(fc.integer({ min: 1, max: 70 }), (nodes) => namesAreUnique(make(nodes))));
  }
  t.pass();
});

t.test('a torus route is a shortest walk, along the row first', async (t) => {
  const sizes = fc
    .tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 7 }))
    .chain(([rows, columns]) =>
      fc.tuple(
        fc.constant([rows, columns]),
        fc.nat(rows * columns - 1),
        fc.nat(rows * columns - 1),
      ),
    );
  fc.assert(
    fc.property(sizes, ([[rows, columns], source, target]) => {
      let at = source;
      for (const name of namesOf(torusTopology(rows, columns, 1, 1), source, target)) {
        const [from, to] = name.replace(' (second cable)', '').split('->').map(Number);
        if (from !== at) return false;
        at = to;
      }
      const apart = (first: number, second: number, length: number) =>
        Math.min((first - second + length) % length, (second - first + length) % length);
      const hops =
        apart(source % columns, target % columns, columns) +
        apart(Math.floor(source / columns), Math.floor(target / columns), rows);
      return (
        at === target && routeOf(torusTopology(rows, columns, 1, 1), source, target).length === hops
      );
    }),
  );
  t.same(namesOf(torusTopology(3, 4, 1, 1), 0, 6), ['0->1', '1->2', '2->6'], 'ties go upwards');
  t.same(namesOf(torusTopology(3, 4, 1, 1), 0, 11), ['0->3', '3->11'], 'the short way round');
  t.same([1, 12, 13, 4096].map(squarestRows), [1, 3, 1, 64]);
});

t.test('a torus of one row is a ring', async (t) => {
  fc.assert(
    fc.property(nodesAndEnds(20), ([nodes, source, target]) => {
      const one = torusTopology(1, nodes, 1e9, 7);
      const ring = ringTopology(nodes, 1e9, 7);
      return routeOf(one, source, target).length === routeOf(ring, source, target).length;
    }),
  );
  t.pass();
});

t.test('racks: two NICs within a rack, the ports of both racks between them', async (t) => {
  const twelve = racks(12);
  t.same(namesOf(twelve, 0, 4), ['node 0 egress', 'node 4 ingress']);
  t.same(namesOf(twelve, 4, 5), ['node 4 egress', 'rack 0 out', 'rack 1 in', 'node 5 ingress']);
  t.equal(latencyOf(twelve, 0, 4), 10);
  t.equal(latencyOf(twelve, 4, 11), 40);
  const port = routeOf(twelve, 4, 11)[1];
  t.equal(twelve.link(port).bandwidthBytesPerSecond, (5 * 1e9) / 4, 'oversubscribed by 4');
  t.equal(twelve.linkCount, 2 * 12 + 2 * 3);
});

t.test('clusters: a group shares one slow port', async (t) => {
  const sixteen = clusters(16);
  t.same(namesOf(sixteen, 7, 8), ['node 7 egress', 'group 0 out', 'group 1 in', 'node 8 ingress']);
  t.equal(sixteen.link(routeOf(sixteen, 7, 8)[1]).bandwidthBytesPerSecond, 1e9);
  t.equal(latencyOf(sixteen, 7, 8), 21000);
});

t.test(
  'a fat-tree: as long as the switches that two nodes share are high, the same both ways',
  async (t) => {
    t.same([2, 16, 17, 54, 1024, 1025].map(leastPorts), [2, 4, 6, 6, 16, 18]);
    const sixteen = fatTree(16);
    t.equal(routeOf(sixteen, 0, 1).length, 2, 'one edge switch');
    t.equal(routeOf(sixteen, 0, 2).length, 4, 'one pod');
    t.equal(routeOf(sixteen, 0, 4).length, 6, 'over the core');
    fc.assert(
      fc.property(nodesAndEnds(250), ([nodes, source, target]) => {
        const tree = fatTree(nodes);
        return latencyOf(tree, source, target) === latencyOf(tree, target, source);
      }),
    );
  },
);

t.test('the switches of a fat-tree route are wired to each other', async (t) => {
  fc.assert(
    fc.property(nodesAndEnds(250), ([nodes, source, target]) => {
      const names = namesOf(fatTree(nodes), source, target);
      const half = leastPorts(nodes) / 2;
      if (source !== target && names.length >= 4) {
        const up = /pod (\d+) edge (\d+) -> aggregation (\d+)/.exec(names[1])!.map(Number);
        const down = /pod (\d+) edge (\d+) <- aggregation (\d+)/
          .exec(names[names.length - 2])!
          .map(Number);
        if (up[1] !== Math.floor(source / half / half)) return false;
        if (up[2] !== Math.floor(source / half) % half) return false;
        if (down[1] !== Math.floor(target / half / half)) return false;
        if (down[2] !== Math.floor(target / half) % half || up[3] !== down[3]) return false;
      }
      if (names.length === 6) {
        const core = names.slice(2, 4).map((name) => /core (\d+)/.exec(name)![1]);
        return core[0] === core[1];
      }
      return true;
    }),
  );
  t.pass();
});

t.test('ECMP spreads pairs evenly over the core and keeps each pair on one way', async (t) => {
  const tree = fatTree(1024);
  const used = new Map<string, number>();
  for (let source = 0; source < 64; source++)
    for (let target = 64; target < 1024; target++) {
      const name = namesOf(tree, source, target)[2];
      used.set(name, (used.get(name) ?? 0) + 1);
    }
  t.equal(used.size, 64, 'all the up-links of the pod');
  const counts = [...used.values()];
  const mean = (64 * 960) / 64;
  t.ok(Math.max(...counts) < 1.15 * mean, 'none carries much more than the mean');
  t.ok(Math.min(...counts) > 0.85 * mean, 'none much less');
  t.same(routeOf(tree, 3, 900), routeOf(tree, 3, 900));
});

t.test('links may differ by node, in ring order', async (t) => {
  const ring = ringTopology(3, [1e9, 2e9, 3e9], [10, 20, 30]);
  t.same(
    [0, 1, 2, 3, 4, 5].map((index) => ring.link(index).bandwidthBytesPerSecond / 1e9),
    [1, 1, 2, 2, 3, 3],
    'a cable is as its lower node says, both ways',
  );
  t.equal(latencyOf(ring, 2, 0), 30);
  const star = starTopology(2, [1e9, 2e9], [10, 20]);
  t.same(
    [0, 1, 2, 3]
      .map((index) => star.link(index))
      .map((link) => [link.bandwidthBytesPerSecond / 1e9, link.latencyNs]),
    [
      [1, 10],
      [1, 0],
      [2, 20],
      [2, 0],
    ],
  );
});
