/** A number that misses its unit, and a time that is rounded to nothing, run all the same, but not without a word. */
import t from 'tap';
import { override } from '../../../sim/scenario/overrides.ts';
import { resolveScenario } from '../../../sim/scenario/resolve.ts';
import { tinyScenario } from './tiny-scenario.ts';

async function warningsWith(...set: string[]): Promise<readonly string[]> {
  const checkpoint = { every: 2, to: { bandwidth: '1 GB/s', latency: '1 ms' } };
  const faults = [{ at: 1, kind: 'crash' as const, node: 0 }];
  const scenario = { ...tinyScenario(), checkpoint, faults };
  return (await resolveScenario(override(scenario, { set }))).warnings;
}

t.test(
  'a plain number out of all proportion is a warning that names the unit it has',
  async (t) => {
    const cases: [string, string][] = [
      ['cluster.network.latency=5', "5, which without a unit is 5 s; was '5 us' meant?"],
      [
        'cluster.network.bandwidth=10',
        "10, which without a unit is 10 B/s; was '10 Gbit/s' meant?",
      ],
      [
        'cluster.host.speed=100',
        "100, which without a unit is 100 FLOP/s; was '100 GFLOP/s' meant?",
      ],
      ['cluster.host.memory=64', "64, which without a unit is 64 B; was '64 GiB' meant?"],
      ['cluster.host.taskOverhead=10', "10, which without a unit is 10 s; was '10 us' meant?"],
      ['checkpoint.to.latency=5', "5, which without a unit is 5 s; was '5 us' meant?"],
      ['checkpoint.to.bandwidth=1', "1, which without a unit is 1 B/s; was '1 Gbit/s' meant?"],
    ];
    for (const [set, sentence] of cases)
      t.strictSame(await warningsWith(set), [`${set.split('=')[0]} is ${sentence}`], set);
  },
);

t.test(
  'numbers in proportion, quantities with a unit, and factors of faults are no warning',
  async (t) => {
    t.strictSame(
      await warningsWith(
        'cluster.network.latency=1',
        'cluster.network.bandwidth=1000',
        'cluster.host.speed=1000',
        'cluster.host.memory=1000000',
        'cluster.host.taskOverhead=0',
        'checkpoint.to.latency=3 s',
        'checkpoint.to.bandwidth=1 B/s',
        'cluster.jitter={"latency":{"kind":"constant","value":5}}',
        'faults[0]={"at":1,"kind":"degrade","bandwidth":0.5,"latency":5}',
      ),
      [],
    );
  },
);

t.test('a time below half a nanosecond counts as 0, and is a warning', async (t) => {
  const lost = (path: string, value: string) =>
    `${path} is ${value} s, less than half a nanosecond, and counts as 0`;
  t.strictSame(await warningsWith('cluster.network.latency=0.4 ns'), [
    lost('cluster.network.latency', '4e-10'),
  ]);
  t.strictSame(await warningsWith('cluster.host.taskOverhead=1e-10'), [
    lost('cluster.host.taskOverhead', '1e-10'),
  ]);
  const network = { kind: 'racks', nodesPerRack: 2, oversubscription: 2, coreLatency: '0.1 ns' };
  const common = { bandwidth: '1 GB/s', latency: 0 };
  t.strictSame(
    await warningsWith(`cluster.network=${JSON.stringify({ ...network, ...common })}`),
    [lost('cluster.network.coreLatency', '1e-10')],
    'and 0 itself is meant',
  );
});
