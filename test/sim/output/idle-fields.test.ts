/** A speed or bandwidth that made no difference is a warning; a memory that is large enough is none. */
import t from 'tap';
import type { RunResult } from '../../../engine/result.ts';
import { dataOf, simulate } from '../../../sim/assemble.ts';
import { idleFieldTexts } from '../../../sim/output/idle-fields.ts';
import { override } from '../../../sim/scenario/overrides.ts';
import { resolveScenario } from '../../../sim/scenario/resolve.ts';
import { tinyScenario } from '../scenario/tiny-scenario.ts';

/** Of the tiny scenario with those fields set. */
async function texts(...set: string[]): Promise<string[]> {
  const { scenario } = await resolveScenario(override(tinyScenario(), { set }));
  const runs: RunResult[] = scenario.protocol.map((_, index) => {
    const { simulation } = simulate(scenario, index, dataOf(scenario));
    while (simulation.run(1_000_000));
    return simulation.result();
  });
  return idleFieldTexts(scenario, runs);
}

const kind = (name: string) => `protocol={"kind":"${name}"}`;
const KINDS = (workers: string, server: string) =>
  'cluster={"nodes":3,"network":{"kind":"star","bandwidth":1e9,"latency":1e-6},"hosts":[' +
  `{"count":2,"speed":1e9${workers}},{"count":1,"speed":1e9${server}}]}`;
const WIRES = (kind: string, more: string) =>
  `cluster.network={"kind":"${kind}","bandwidth":1e9,"latency":1e-6,${more}}`;

t.test('where all is used nothing is said, however large the memory', async (t) => {
  t.strictSame(await texts('cluster.host.memory=1 TiB'), []);
  t.strictSame(await texts(kind('ps-bsp'), 'cluster.host.memoryBandwidth=1 MB/s'), []);
});

t.test('a bandwidth whose links nothing crossed', async (t) => {
  const network = 'cluster.network.bandwidth has no effect: nothing crossed a link that has it';
  t.strictSame(await texts(kind('seq-sgd')), [network]);
  t.strictSame(await texts('cluster.host.bandwidth=1 GB/s'), [
    'cluster.network.bandwidth has no effect: no link has it',
  ]);
  t.strictSame(await texts(kind('ps-bsp'), KINDS(',"bandwidth":1e8', ',"bandwidth":1e8')), [
    'cluster.network.bandwidth has no effect: no link has it',
  ]);
  t.strictSame(
    await texts(WIRES('clusters', '"nodesPerGroup":3,"outside":{"bandwidth":1e6,"latency":0}')),
    ['cluster.network.outside.bandwidth has no effect: nothing crossed a link that has it'],
  );
});

t.test('cables of a graph in one sentence', async (t) => {
  const cable = (from: number, to: number) => `{"from":${from},"to":${to},"bandwidth":1e9}`;
  const spare = '{"from":1,"to":2,"bandwidth":1e9,"latency":9}';
  const cables = (...more: string[]) =>
    WIRES('links', `"links":[${[cable(0, 1), cable(0, 2), ...more].join()}]`);
  const own = 'cluster.network.bandwidth has no effect: no link has it';
  const one = 'cluster.network.links[2].bandwidth';
  const why = 'where nothing crosses the cable';
  t.strictSame(await texts(cables(spare)), [own, `${one} has no effect ${why}`]);
  t.strictSame(await texts(cables(spare, spare)), [own, `${one} and 1 more have no effect ${why}`]);
});

t.test('a speed of hosts that never computed', async (t) => {
  t.strictSame(await texts(kind('seq-sgd'), KINDS('', ',"memoryBandwidth":1')), [
    'cluster.hosts[1].speed has no effect: nobody there computed anything',
    'cluster.network.bandwidth has no effect: nothing crossed a link that has it',
  ]);
});

t.test('a memory bandwidth that nothing waited for', async (t) => {
  const why = 'no update and no sum there took longer to read and write than to compute';
  t.strictSame(await texts('cluster.host.memoryBandwidth=1 TB/s'), [
    `cluster.host.memoryBandwidth has no effect: ${why}`,
  ]);
  const both = KINDS(',"memoryBandwidth":1e6', ',"memoryBandwidth":1e6');
  t.strictSame(
    await texts(kind('ps-bsp'), both),
    [`cluster.hosts[0].memoryBandwidth has no effect: ${why}`],
    'workers of a parameter server make no updates',
  );
});

t.test('only where it is so in every run of the scenario, and all of them ended', async (t) => {
  const both = 'protocol=[{"kind":"seq-sgd"},{"kind":"ring-tmp"}]';
  t.strictSame(await texts(both), []);
  t.strictSame(await texts(kind('seq-sgd'), 'cluster.host.memory=64 B'), []);
});
