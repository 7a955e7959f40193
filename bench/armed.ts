/**
 * What it costs that something could fail where nothing does: CPU seconds of ready scenarios, without faults and armed with
 * one that would strike long after the end, in turn, beside each other.
 */
import type { Scenario } from '../scenarios/scenario.ts';
import psThousand from '../scenarios/ps-1k-cost.ts';
import ringThousand from '../scenarios/ring-1k-cost.ts';
import ring from '../scenarios/ring-64.ts';
import { dataOf, simulate } from '../sim/assemble.ts';
import { resolveScenario } from '../sim/scenario/resolve.ts';

/** The first run of each is slower than any after it: the code is compiled while it runs. */
const RUNS = 3;

/** A run: the CPU seconds it took, start-up included, its events and its messages. */
async function run(written: Scenario, isArmed: boolean) {
  const faults = isArmed ? [{ at: '2000 h', kind: 'crash', node: 1 } as const] : undefined;
  const { scenario } = await resolveScenario({ ...written, faults, expect: undefined });
  const data = dataOf(scenario);
  const start = process.cpuUsage();
  const { simulation } = simulate(scenario, 0, data, {});
  while (simulation.run(1_000_000));
  const { user, system } = process.cpuUsage(start);
  const { outcome, events, messages } = simulation.result();
  if (outcome !== 'finished') throw new Error(`the run ended as '${outcome}'`);
  return { seconds: (user + system) / 1e6, events, messages };
}

export async function bench(print: (line: string) => void): Promise<void> {
  for (const written of [ringThousand, psThousand, ring]) {
    let [plainSeconds, armedSeconds] = [Infinity, Infinity];
    for (let count = 0; count < RUNS; count++) {
      const plain = await run(written, false);
      const armed = await run(written, true);
      plainSeconds = Math.min(plainSeconds, plain.seconds);
      armedSeconds = Math.min(armedSeconds, armed.seconds);
      if (count < RUNS - 1) continue;
      print(
        `armed, ${written.name}: ${armedSeconds.toFixed(2)} s of CPU, ` +
          `${plainSeconds.toFixed(2)} s unarmed, ${(armedSeconds / plainSeconds).toFixed(2)} times; ` +
          `events ${(armed.events / plain.events).toFixed(2)} times, ` +
          `messages ${(armed.messages / plain.messages).toFixed(2)} times`,
      );
    }
  }
}
