import t from 'tap';
import { resolveScenario } from '../../sim/scenario/resolve.ts';
import { topologyOf } from '../../sim/topology.ts';

const BASE = {
  name: 'networks',
  model: { kind: 'mlp', layers: [4, 4, 2] },
  data: { kind: 'synthetic' },
  training: { batch: 4, iterations: 1 },
  protocol: { kind: 'ring-tmp' },
};
const COMMON = { bandwidth: '1 GB/s', latency: '10 us' };

async function made(nodes: number, network: object, hosts?: object[]) {
  const host = { speed: '1 GFLOP/s' };
  const cluster = { nodes, ...(hosts ? { hosts } : { host }), network: { ...COMMON, ...network } };
  const { scenario } = await resolveScenario({ ...BASE, cluster });
  return { scenario, topology: topologyOf(scenario) };
}

function names(
  { topology }: Awaited<ReturnType<typeof made>>,
  source: number,
  target: number,
): string[] {
  const into = new Int32Array(topology.longestRoute);
  const hops = topology.route(source, target, into);
  return Array.from(into.subarray(0, hops), (index) => topology.link(index).id);
}

t.test('fair sharing is the default', async (t) => {
  const { scenario } = await made(4, { kind: 'star' });
  t.equal(scenario.cluster.network.sharing, 'fair');
});

t.test('every kind of network becomes its topology', async (t) => {
  t.same(names(await made(12, { kind: 'torus' }), 0, 5), ['0->1', '1->5'], 'three rows of four');
  t.equal((await made(12, { kind: 'torus', rows: 2 })).topology.kind, 'torus');
  const racks = await made(8, { kind: 'racks', nodesPerRack: 4, oversubscription: 2 });
  t.same(names(racks, 1, 6), ['node 1 egress', 'rack 0 out', 'rack 1 in', 'node 6 ingress']);
  t.equal(racks.topology.link(16).bandwidthBytesPerSecond, 2e9);
  t.equal(racks.topology.link(16).latencyNs, 10_000, 'the core as the rest');
  const clusters = await made(8, {
    kind: 'clusters',
    nodesPerGroup: 4,
    outside: { bandwidth: '1 Gbit/s', latency: '20 ms' },
  });
  t.equal(clusters.topology.link(16).bandwidthBytesPerSecond, 1.25e8);
  t.equal(clusters.topology.link(16).latencyNs, 20_000_000);
  t.equal((await made(17, { kind: 'fat-tree' })).topology.nodeCount, 17);
});

t.test('links: nodes by number, switches by name, both ways unless said otherwise', async (t) => {
  const links = [
    { from: 0, to: 'left' },
    { from: 1, to: 'left', bandwidth: '2 GB/s' },
    { from: 'left', to: 'right', latency: '1 ms' },
    { from: 2, to: 'right' },
    { from: 0, to: 2, latency: '5 us', oneWay: true },
  ];
  const graph = await made(3, { kind: 'links', links });
  t.same(names(graph, 0, 1), ['0->left', 'left->1']);
  t.same(names(graph, 0, 2), ['0->2']);
  t.same(names(graph, 2, 0), ['2->right', 'right->left', 'left->0']);
  t.equal(graph.topology.linkCount, 9);
});

t.test('kinds of host may bring their own link, in ring order', async (t) => {
  const hosts = [
    { count: 2, speed: '1 GFLOP/s' },
    { count: 1, speed: '1 GFLOP/s', bandwidth: '3 GB/s', latency: '1 us' },
  ];
  for (const kind of ['ring', 'star']) {
    const star = (await made(3, { kind }, hosts)).topology;
    t.same(
      [0, 2, 4].map((link) => star.link(link).bandwidthBytesPerSecond),
      [1e9, 1e9, 3e9],
    );
    t.same(
      [0, 2, 4].map((link) => star.link(link).latencyNs),
      [10_000, 10_000, 1000],
    );
  }
});

t.test('what does not fit is one sentence', async (t) => {
  const cases: [number, object, RegExp][] = [
    [
      12,
      { kind: 'torus', rows: 5 },
      /^cluster\.network\.rows is 5, which does not divide 12 nodes/,
    ],
    [9, { kind: 'fat-tree', ports: 3 }, /ports is 3; an even number would be right/],
    [17, { kind: 'fat-tree', ports: 4 }, /a fat-tree of 16 hosts; more ports for 17 nodes/],
    [4, { kind: 'racks', nodesPerRack: 2, oversubscription: 0.5 }, /a number of at least 1/],
    [2, { kind: 'links', links: [{ from: 0, to: 2 }] }, /links\[0\]\.to is 2; a node from 0 to 1/],
    [2, { kind: 'links', links: [{ from: 'a', to: 'a' }] }, /goes from 'a' to itself/],
    [2, { kind: 'links', links: [] }, /no path leads from node 0 to node 1/],
    [2, { kind: 'star', sharing: 'equal' }, /sharing is 'equal'; 'fair' or 'fifo' would be right/],
  ];
  for (const [nodes, network, sentence] of cases)
    await t.rejects(made(nodes, network), { name: 'BadInput', message: sentence });
  await t.rejects(
    made(4, { kind: 'torus' }, [{ count: 4, speed: '1 GFLOP/s', bandwidth: '1 GB/s' }]),
    { message: /hosts have no link of their own; cluster\.network\.bandwidth would be right/ },
  );
});

t.test("a host's own link in racks and rings: its own figures, in both directions", async (t) => {
  const slow = { count: 2, speed: '1 GFLOP/s', bandwidth: '100 MB/s', latency: '30 us' };
  const hosts = [slow, { count: 2, speed: '1 GFLOP/s' }];
  const racks = await made(4, { kind: 'racks', nodesPerRack: 2, oversubscription: 1 }, hosts);
  const ring = await made(4, { kind: 'ring' }, hosts);
  const figures = ({ topology }: typeof racks, link: number) => {
    const { bandwidthBytesPerSecond, latencyNs } = topology.link(link);
    return [bandwidthBytesPerSecond, latencyNs];
  };
  t.same(
    [2, 3, 4].map((link) => figures(racks, link)),
    [
      [1e8, 30_000],
      [1e8, 0],
      [1e9, 10_000],
    ],
  );
  t.same(figures(racks, 8), [2e9, 10_000], 'the port is made for the common bandwidth');
  t.same(
    [2, 3, 4, 5].map((link) => figures(ring, link)),
    [
      [1e8, 30_000],
      [1e8, 30_000],
      [1e9, 10_000],
      [1e9, 10_000],
    ],
  );
});
