/** What it costs that something could fail, in events, where nothing does. */
import t from 'tap';
import type { Observer } from '../../engine/observer.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import psThousand from '../../scenarios/ps-1k-cost.ts';
import ringThousand from '../../scenarios/ring-1k-cost.ts';
import ring from '../../scenarios/ring-64.ts';
import { dataOf, simulate } from '../../sim/assemble.ts';
import { resolveScenario } from '../../sim/scenario/resolve.ts';

/** Events and messages of the run; armed with a fault that would strike long after its end. */
async function run(written: Scenario, isArmed: boolean) {
  const faults = isArmed ? [{ at: '2000 h', kind: 'crash', node: 1 } as const] : undefined;
  const { scenario } = await resolveScenario({ ...written, faults });
  const sent = new Map<string, number>();
  const observer: Observer = {
    messageSent(_transfer, _from, _to, { kind }) {
      sent.set(kind, 1 + (sent.get(kind) ?? 0));
    },
  };
  const { simulation } = simulate(scenario, 0, dataOf(scenario), { observers: [observer] });
  while (simulation.run(1_000_000));
  return { events: simulation.events, sent, lost: simulation.result().messagesLost };
}

/** Few iterations: what it costs to agree on the first view weighs all the more. */
const short = (written: Scenario, iterations: number): Scenario => ({
  ...written,
  expect: undefined,
  training: { ...written.training, iterations },
});

for (const [name, written, most] of [
  ['ring-1k-cost', short(ringThousand, 1), 1.1],
  ['ring-64', short(ring, 10), 1.04],
  ['ps-1k-cost', short(psThousand, 10), 1.7],
] as const)
  t.test(`${name}: armed with faults it has at most ${most} times the events`, async (t) => {
    const ratio = (await run(written, true)).events / (await run(written, false)).events;
    t.ok(ratio < most, `${ratio}`);
  });

for (const [name, written, nodes] of [
  ['ring-1k-cost', short(ringThousand, 1), 1024],
  ['ring-64', short(ring, 1), 64],
] as const)
  t.test(
    `${name}: where nothing fails the first view is agreed on at once, and nothing is lost`,
    async (t) => {
      const { sent, lost } = await run(written, true);
      t.equal(lost, 0);
      for (const kind of ['PREPARE', 'PROMISE', 'INSTALL'])
        t.equal(sent.get(kind), nodes - 1, kind);
      for (const kind of ['AWAIT', 'REFUSE', 'HALT', 'SUSPECT'])
        t.equal(sent.get(kind), undefined, kind);
    },
  );
