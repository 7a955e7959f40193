/** A worker that reboots long before anybody could miss it says so itself: nobody waits for the detector (PROTOCOLS C). */
import fc from 'fast-check';
import t from 'tap';
import { dataOf, simulate } from '../../../../sim/assemble.ts';
import { resolveScenario } from '../../../../sim/scenario/resolve.ts';

const MS = 1e6;

async function timeNs(
  kind: string,
  seed: number,
  crash: { at: number; node: number; for: number } | null,
) {
  const { scenario } = await resolveScenario({
    name: 'reboot',
    seed,
    cluster: {
      nodes: 4,
      host: { speed: '20 MFLOP/s', taskOverhead: '10 us' },
      network: { kind: 'star', bandwidth: '10 Gbit/s', latency: '5 us' },
    },
    model: { kind: 'mlp', layers: [16, 12, 8, 4] },
    data: { kind: 'synthetic', train: 64, test: 16 },
    training: { batch: 16, iterations: 20, learningRate: 0.05 },
    protocol: { kind, replicas: 1 },
    detector: { heartbeat: '1 s', misses: 3 },
    faults: crash === null ? [] : [{ kind: 'crash', ...crash }],
  });
  const { simulation } = simulate(scenario, 0, dataOf(scenario));
  while (simulation.run(100_000));
  const { outcome, timeNs, failure } = simulation.result();
  if (outcome !== 'finished') throw new Error(failure?.message);
  return timeNs;
}

for (const kind of ['ps-bsp', 'ps-asp'])
  t.test(
    `C: ${kind}: a reboot that nobody misses costs milliseconds, and no silence`,
    async (t) => {
      const plainNs = await timeNs(kind, 1, null);
      let most = 0;
      await fc.assert(
        fc.asyncProperty(fc.nat(999), fc.nat(3), async (thousandth, node) => {
          const at = (thousandth * plainNs) / 1e12;
          const tookNs = await timeNs(kind, 1, { at, node, for: 1e-3 });
          most = Math.max(most, tookNs - plainNs);
          if (tookNs >= plainNs + 2.5 * MS) throw new Error(`${tookNs - plainNs} ns more`);
        }),
        { numRuns: 800 },
      );
      t.comment(`up to ${most / MS} ms`);
      t.pass();
    },
  );
