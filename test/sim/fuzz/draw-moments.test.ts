import t from 'tap';
import type { Scenario } from '../../../scenarios/scenario.ts';
import { drawMoments } from '../../../sim/fuzz/draw-moments.ts';
import { omit } from '../../../sim/fuzz/omit.ts';
import { recoveryMessages } from '../../../sim/fuzz/recovery-moments.ts';
import { watchRun } from '../../../sim/fuzz/run-case.ts';
import { profileOf } from '../../../sim/fuzz/profiles.ts';
import { smallScenario } from './small-case.ts';

const SEEDS = 120;
const SILENCE_NS = 60_000;
const LATENCY_NS = 1000;
const stage = { nodes: 4, lengthNs: 400_000, silenceNs: SILENCE_NS, servers: [2, 3] };

/** The first server dies, or on a ring a node. */
function struckScenario(kind: string): Scenario {
  return {
    ...smallScenario(kind),
    protocol: { kind, replicas: 1 },
    faults: [{ at: 3e-5, kind: 'crash', node: 2, for: 1e-4 }],
    detector: { heartbeat: 2e-5, misses: 3 },
  };
}

const withFaults = (scenario: Scenario, more: object[]): Scenario => ({
  ...scenario,
  faults: [...scenario.faults!, ...more] as Scenario['faults'],
});

async function messagesOf(scenario: Scenario) {
  const { messages } = await watchRun(scenario);
  return recoveryMessages(
    messages,
    profileOf((scenario.protocol as { kind: string }).kind).recovery,
  );
}

for (const kind of ['ring-tmp', 'ps-bsp', 'ps-asp'])
  t.test(`${kind}: each blow falls within a latency of a word of recovery`, async (t) => {
    const scenario = struckScenario(kind);
    let struck = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const blows = await drawMoments(seed, scenario, stage, profileOf(kind));
      t.same(
        await drawMoments(seed, scenario, stage, profileOf(kind)),
        blows,
        'a seed has the same blows again',
      );
      if (blows.length > 0) struck++;
      for (const [index, { at }] of blows.entries()) {
        const words = await messagesOf(withFaults(scenario, blows.slice(0, index)));
        const apart = words.flatMap(({ sentNs, deliveredNs }) =>
          [sentNs, deliveredNs ?? sentNs].map((ns) => Math.abs(ns - Number(at) * 1e9)),
        );
        t.ok(Math.min(...apart) <= LATENCY_NS + 1, `blow ${index} of seed ${seed}`);
      }
    }
    t.ok(struck > SEEDS / 8 && struck < SEEDS / 2, `${struck} of ${SEEDS} are struck`);
  });

t.test('where nothing can fail there is no word of recovery, and no blow', async (t) => {
  for (const kind of ['ps-bsp', 'ps-asp']) {
    const scenario = omit(omit(struckScenario(kind), 'faults'), 'detector');
    t.same(await messagesOf(scenario), []);
    for (let seed = 1; seed <= 20; seed++)
      t.same(await drawMoments(seed, scenario, stage, profileOf(kind)), []);
  }
});
