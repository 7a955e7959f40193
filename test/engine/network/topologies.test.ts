import fc from 'fast-check';
import t from 'tap';
import { ringTopology } from '../../../engine/network/ring.ts';
import { starTopology } from '../../../engine/network/star.ts';
import type { Topology } from '../../../engine/network/topology.ts';

function route(topology: Topology, source: number, target: number): string[] {
  const into = new Int32Array(topology.longestRoute);
  const hops = topology.route(source, target, into);
  return Array.from(into.subarray(0, hops), (index) => topology.link(index).id);
}

t.test('in a ring a message goes the shorter way, clockwise on a tie', async (t) => {
  const ring = ringTopology(6, 1e9, 10);
  t.same(route(ring, 4, 5), ['4->5']);
  t.same(route(ring, 5, 0), ['5->0']);
  t.same(route(ring, 0, 5), ['0->5']);
  t.same(route(ring, 1, 5), ['1->0', '0->5']);
  t.same(route(ring, 4, 1), ['4->5', '5->0', '0->1'], 'a tie');
  t.same(route(ring, 1, 4), ['1->2', '2->3', '3->4'], 'a tie');
  t.same(route(ring, 3, 3), []);
});

t.test('any route in a ring is a shortest walk from source to target', async (t) => {
  const pair = fc
    .integer({ min: 1, max: 40 })
    .chain((nodes) => fc.tuple(fc.constant(nodes), fc.nat(nodes - 1), fc.nat(nodes - 1)));
  fc.assert(
    fc.property(pair, ([nodes, source, target]) => {
      const walk = route(ringTopology(nodes, 1e9, 10), source, target);
      let at = source;
      for (const id of walk) {
        const [from, to] = id.split('->').map(Number);
        if (from !== at) return false;
        at = to;
      }
      const up = (target - source + nodes) % nodes;
      return at === target && walk.length === Math.min(up, nodes - up);
    }),
  );
  t.pass();
});

t.test('small rings: two nodes have two cables, one node has none', async (t) => {
  const two = ringTopology(2, 1e9, 10);
  t.equal(two.linkCount, 4);
  t.same(route(two, 0, 1), ['0->1']);
  t.same(route(two, 1, 0), ['1->0']);
  t.equal(new Set([0, 1, 2, 3].map((index) => two.link(index).id)).size, 4, 'names are unique');
  const one = ringTopology(1, 1e9, 10);
  t.equal(one.linkCount, 0);
  t.same(route(one, 0, 0), []);
});

t.test('in a star a message takes the egress and the ingress, and one latency', async (t) => {
  const star = starTopology(4, 2e9, 10);
  t.same(route(star, 3, 1), ['node 3 egress', 'node 1 ingress']);
  t.same(route(star, 2, 2), []);
  t.same([star.link(6).latencyNs, star.link(3).latencyNs], [10, 0]);
  t.equal(star.link(6).bandwidthBytesPerSecond, 2e9);
  t.equal(star.linkCount, 8);
});
