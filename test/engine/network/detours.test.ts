/** Messages go round cut cables: who is still connected can talk, over the shortest way left, and over no cut. */
import fc from 'fast-check';
import t from 'tap';
import { cablesBetween } from '../../../engine/network/detours.ts';
import { ringTopology } from '../../../engine/network/ring.ts';
import { graphTopology, type Edge } from '../../../engine/network/topologies/graph.ts';
import { torusTopology } from '../../../engine/network/topologies/torus.ts';
import type { Topology } from '../../../engine/network/topology.ts';
import { Stations } from '../channel/stations.ts';

const BYTES = 1000;
const AFTER_NS = 50_000;

/** A ring of nodes with chords, all of one latency, as a graph. */
function chords(nodes: number, others: readonly [number, number][]): Topology {
  const pairs = [...Array.from({ length: nodes }, (_, k) => [k, (k + 1) % nodes]), ...others];
  const edges = pairs.flatMap(([from, to], index): Edge[] => {
    const link = { bandwidthBytesPerSecond: 1e9, latencyNs: 700 };
    return [
      { ...link, id: `${index} there`, from, to },
      { ...link, id: `${index} back`, from: to, to: from },
    ];
  });
  return graphTopology(nodes, nodes, edges);
}

const topologies = fc.oneof(
  fc.integer({ min: 3, max: 7 }).map((nodes) => ringTopology(nodes, 1e9, 700)),
  fc
    .tuple(fc.integer({ min: 2, max: 3 }), fc.integer({ min: 2, max: 4 }))
    .map(([rows, columns]) => torusTopology(rows, columns, 1e9, 700)),
  fc.array(fc.tuple(fc.nat(5), fc.nat(5)), { maxLength: 4 }).map((others) =>
    chords(
      6,
      others.filter(([one, other]) => one !== other),
    ),
  ),
);
const given = fc.record({
  topology: topologies,
  sharing: fc.constantFrom('fifo' as const, 'fair' as const),
  cuts: fc.array(fc.record({ link: fc.nat(), oneWay: fc.boolean() }), {
    minLength: 1,
    maxLength: 3,
  }),
  isBefore: fc.boolean(),
});

/** The dumb twin: breadth first, how many links the shortest way has that holds no cut one; -1 if there is none. */
function distance(topology: Topology, cut: ReadonlySet<number>, source: number, target: number) {
  const distances = new Map([[source, 0]]);
  for (const [vertex, hops] of distances)
    for (let link = 0; link < topology.linkCount; link++) {
      const { from, to } = topology.ends!(link);
      if (from === vertex && !cut.has(link) && !distances.has(to)) distances.set(to, hops + 1);
    }
  return distances.get(target) ?? -1;
}

t.test(
  'all that are still connected talk, on the shortest way left; nothing passes a cut',
  async (t) => {
    let round = 0;
    let apart = 0;
    fc.assert(
      fc.property(
        given,
        fc.nat(),
        fc.nat(),
        ({ topology, sharing, cuts, isBefore }, one, other) => {
          const { nodeCount } = topology;
          const source = one % nodeCount;
          const target = (source + 1 + (other % (nodeCount - 1))) % nodeCount;
          const cut = new Set<number>();
          const stations = new Stations({ topology, sharing, rerouteAfterNs: AFTER_NS });
          const { transport } = stations;
          for (const [id, { link, oneWay }] of cuts.entries()) {
            const { from, to } = topology.ends!(link % topology.linkCount);
            const links = cablesBetween(topology, from, to);
            if (!oneWay) links.push(...cablesBetween(topology, to, from));
            for (const each of links) cut.add(each);
            const scope = { from: [from], to: [to], oneWay };
            stations.at(10, () =>
              transport.beginWireFault(id, { kind: 'cut', scope, forNs: null }),
            );
          }
          // Both meet the cut: one stands still at it until there is another way.
          stations.at(isBefore ? 20 : 10 + AFTER_NS + 1, () =>
            stations.send(source, target, 1, BYTES),
          );
          stations.run(100_000);
          const route = new Int32Array(topology.longestRoute);
          const usual = [...route.subarray(0, topology.route(source, target, route))];
          const isMet = usual.some((link) => cut.has(link));
          const back = [...route.subarray(0, topology.route(target, source, route))];
          const isDeaf = isBefore && back.some((link) => cut.has(link));
          const shortest = distance(topology, cut, source, target);
          const hops = isMet ? shortest : usual.length;
          const backs = distance(topology, cut, target, source);
          if (isMet) round += shortest < 0 ? 0 : 1;
          if (shortest < 0 || backs < 0) apart++;
          const { bytes: loads } = transport.use();
          if (loads.some((bytes, link) => cut.has(link) && bytes > 0)) return false;
          if (shortest < 0) return stations.got[target].length === 0;
          // Without a way back for acknowledgements it is sent again and again.
          const carried = loads.filter((bytes) => bytes > 0);
          return (
            stations.got[target].length === 1 &&
            carried.length === hops &&
            (backs < 0 || isDeaf || carried.every((bytes) => bytes === BYTES + 48))
          );
        },
      ),
      { numRuns: 400 },
    );
    t.ok(round > 60, `${round} went round`);
    t.ok(apart > 20, `${apart} were apart`);
  },
);

t.test('routes go back when the cable is mended, after the same time', async (t) => {
  for (const sharing of ['fifo', 'fair'] as const) {
    const topology = ringTopology(4, 1e9, 700);
    const stations = new Stations({ topology, sharing, rerouteAfterNs: AFTER_NS });
    const { transport } = stations;
    const scope = { from: [0], to: [1], oneWay: false };
    stations.at(0, () => transport.beginWireFault(0, { kind: 'cut', scope, forNs: null }));
    stations.at(100_000, () => transport.endWireFault(0));
    const bytesAt: number[][] = [];
    const look = () => bytesAt.push([0, 7].map((link) => transport.use().bytes[link]));
    for (const atNs of [60_000, 140_000, 200_000])
      stations.at(atNs, () => stations.send(0, 1, atNs, BYTES));
    for (const atNs of [90_000, 190_000, 290_000]) stations.at(atNs, look);
    stations.run(400_000);
    const whole = BYTES + 48;
    t.same(bytesAt, [
      [0, whole],
      [0, 2 * whole],
      [whole, 2 * whole],
    ]);
    t.equal(stations.got[1].length, 3);
  }
});

t.test('a cut between two that no cable joins stops the two alone', async (t) => {
  const topology = ringTopology(5, 1e9, 700);
  const stations = new Stations({ topology, sharing: 'fifo', rerouteAfterNs: AFTER_NS });
  const scope = { from: [0], to: [2], oneWay: false };
  stations.at(0, () => stations.transport.beginWireFault(0, { kind: 'cut', scope, forNs: null }));
  stations.at(200_000, () => stations.send(0, 2, 1, BYTES));
  stations.at(200_000, () => stations.send(0, 1, 2, BYTES));
  stations.at(200_000, () => stations.send(1, 2, 3, BYTES));
  stations.run(400_000);
  t.same(
    stations.got.map(({ length }) => length),
    [0, 1, 1, 0, 0],
  );
});
