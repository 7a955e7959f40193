/** What it costs that something could fail, in events, where nothing does. */
import t from 'tap';
import type { Scenario } from '../../scenarios/scenario.ts';
import psThousand from '../../scenarios/ps-1k-cost.ts';
import ringThousand from '../../scenarios/ring-1k-cost.ts';
import ring from '../../scenarios/ring-64.ts';
import { dataOf, simulate } from '../../sim/assemble.ts';
import { resolveScenario } from '../../sim/scenario/resolve.ts';

/** Events of the run; armed with a fault that would strike long after its end. */
async function eventsOf(written: Scenario, isArmed: boolean): Promise<number> {
  const faults = isArmed ? [{ at: '2000 h', kind: 'crash', node: 1 } as const] : undefined;
  const { scenario } = await resolveScenario({ ...written, faults });
  const { simulation } = simulate(scenario, 0, dataOf(scenario));
  while (simulation.run(1_000_000));
  return simulation.events;
}

/** Few iterations: what it costs to agree on the first view weighs all the more. */
const short = (written: Scenario, iterations: number): Scenario => ({
  ...written,
  expect: undefined,
  training: { ...written.training, iterations },
});

for (const [name, written, most] of [
  ['ring-1k-cost', short(ringThousand, 1), 1.2],
  ['ring-64', short(ring, 10), 1.2],
  ['ps-1k-cost', short(psThousand, 10), 2.5],
] as const)
  t.test(`${name}: armed with faults it has at most ${most} times the events`, async (t) => {
    const ratio = (await eventsOf(written, true)) / (await eventsOf(written, false));
    t.ok(ratio < most, `${ratio}`);
  });
