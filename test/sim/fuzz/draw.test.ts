import t from 'tap';
import { drawScenario } from '../../../sim/fuzz/draw.ts';
import { FUZZED_PROTOCOLS } from '../../../sim/fuzz/profiles.ts';
import { dataOf, simulate } from '../../../sim/assemble.ts';
import { resolveScenario } from '../../../sim/scenario/resolve.ts';

const seeds = Array.from({ length: 150 }, (_, index) => index + 1);
const scenarios = await Promise.all(seeds.map((seed) => drawScenario(seed, FUZZED_PROTOCOLS)));

t.test('a seed has one scenario, and it is plain data', async (t) => {
  for (const seed of [1, 7, 4711]) {
    const [one, other] = await Promise.all([
      drawScenario(seed, FUZZED_PROTOCOLS),
      drawScenario(seed, FUZZED_PROTOCOLS),
    ]);
    t.same(one, other);
    t.same(JSON.parse(JSON.stringify(one)), one);
  }
  t.equal(new Set(scenarios.map((scenario) => JSON.stringify(scenario))).size, seeds.length);
});

t.test('every scenario that is drawn can be run', async (t) => {
  for (const written of scenarios) {
    const { scenario } = await resolveScenario(written);
    simulate(scenario, 0, dataOf(scenario));
  }
  t.pass();
});

t.test('all protocols, networks and kinds of faults are drawn, and runs without any', async (t) => {
  const drawn = {
    protocols: scenarios.map(({ protocol }) => (protocol as { kind: string }).kind),
    networks: scenarios.map(({ cluster }) => cluster.network.kind),
    faults: scenarios.flatMap(({ faults = [] }) =>
      faults.map((fault) => ('kind' in fault ? fault.kind : 'trace')),
    ),
    sizes: scenarios.map(({ faults = [] }) => faults.length),
  };
  t.same([...new Set(drawn.protocols)].sort(), [...FUZZED_PROTOCOLS].sort());
  t.same([...new Set(drawn.networks)].sort(), ['ring', 'star', 'torus']);
  t.same(
    [...new Set(drawn.faults)].sort(),
    'crash cut degrade duplicate loss partition pause reorder slow'.split(' '),
  );
  t.ok(drawn.sizes.includes(0) && Math.max(...drawn.sizes) >= 5);
});

t.test('only the protocols that are named are drawn', async (t) => {
  const named = await Promise.all(seeds.slice(0, 20).map((seed) => drawScenario(seed, ['ps-asp'])));
  t.same(
    [...new Set(named.map(({ protocol }) => (protocol as { kind: string }).kind))],
    ['ps-asp'],
  );
});
