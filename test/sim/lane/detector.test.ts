/** The heartbeat follows from who watches whom, over which ways, in beats of how many bytes. */
import fc from 'fast-check';
import t from 'tap';
import { Lane } from '../../../engine/detector/lane.ts';
import { ringTopology } from '../../../engine/network/ring.ts';
import { starTopology } from '../../../engine/network/star.ts';
import { NOTES } from '../../../models/spec/notes.ts';
import type { Scenario } from '../../../scenarios/scenario.ts';
import { assignmentOf, laneTexts, simulate } from '../../../sim/assemble.ts';
import { resolveScenario } from '../../../sim/scenario/resolve.ts';
import { drawn, scenarioOf, type Drawn } from './drawn-scenario.ts';

/** A fault that comes when everything is over: nodes watch each other, and nothing is ever wrong. */
const ARMED = { faults: [{ at: '10 days', kind: 'crash', node: 0 }] } as Partial<Scenario>;

async function run(given: Drawn, more: Partial<Scenario>) {
  const { scenario } = await resolveScenario({ ...scenarioOf(given), ...more });
  let suspicions = 0;
  const noted = (_node: number, _timeNs: number, name: string) => {
    if (name === NOTES.suspected) suspicions++;
  };
  const { simulation } = simulate(scenario, 0, null, { observers: [{ noted }] });
  while (simulation.run(10_000));
  const result = simulation.result();
  return { suspicions, result, warnings: laneTexts(scenario, 0, result) };
}

const server = (nodes: number, network: Drawn['network']): Drawn => ({
  nodes,
  network,
  protocol: { kind: 'ps-bsp', replicas: 0 } as Drawn['protocol'],
});
const slowRing = { kind: 'ring', bandwidth: '10 Gbit/s', latency: '1 ms' } as const;
const star = { kind: 'star', bandwidth: '1 Gbit/s', latency: '10 us' } as const;

t.test(
  'nobody is suspected where nothing fails, whatever the network and the protocol',
  async (t) => {
    await fc.assert(
      fc.asyncProperty(drawn(64), async (given) => {
        const { suspicions, result } = await run(given, ARMED);
        return result.outcome === 'finished' && suspicions === 0;
      }),
      { numRuns: 40 },
    );
    t.pass('40 runs');
  },
);

t.test('nor with many workers, far away or at one NIC', async (t) => {
  for (const given of [server(160, slowRing), server(301, star)]) {
    const { suspicions, result, warnings } = await run(given, ARMED);
    t.equal(result.outcome, 'finished');
    t.equal(suspicions, 0);
    t.same(warnings, [], 'and the lane is as good as free');
  }
});

t.test('nor with the shortest heartbeat that is not refused', async (t) => {
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(drawn(16), fc.integer({ min: 2, max: 4 }), async (given, misses) => {
      const tooShort = { ...ARMED, detector: { heartbeat: '1 ns', misses } };
      const sentence = await run(given, tooShort).then(
        () => null,
        (error: Error) => error.message,
      );
      if (sentence === null) return;
      refused++;
      const heartbeat = /; '(.*)' or more would be right$/.exec(sentence)![1];
      const { suspicions, result } = await run(given, {
        ...ARMED,
        detector: { heartbeat, misses },
      });
      t.equal(result.outcome, 'finished', sentence);
      t.equal(suspicions, 0, sentence);
    }),
    { numRuns: 25 },
  );
  t.ok(refused > 10, `${refused} were refused`);
});

t.test('what is refused is refused in one sentence, under each protocol of its own', async (t) => {
  const written = { ...scenarioOf(server(8, slowRing)), detector: { heartbeat: '3 ms' } };
  const both = [{ kind: 'ring-tmp' }, { kind: 'ps-bsp' }];
  const { scenario } = await resolveScenario({ ...written, protocol: both });
  t.match(assignmentOf(scenario, 0, null).detector, { heartbeatNs: 3e6, misses: 3 });
  t.throws(() => assignmentOf(scenario, 1, null), {
    message:
      "detector.heartbeat is '3 ms', but under ps-bsp an answer takes up to 8.001 ms, longer than 2 of those; '4.001 ms' or more would be right",
  });
});

t.test(
  'a warning says from which share on the lane is not free, and what would help',
  async (t) => {
    const given = server(301, star);
    const often = await run(given, { detector: { heartbeat: '100 us' } });
    t.match(often.warnings, [
      /^heartbeats and acknowledgements take 13\d % of link 'node 300 egress', /,
    ]);
    const heartbeat = /heartbeat '(.*)' would bring them down to 1 %$/.exec(often.warnings[0])![1];
    t.same((await run(given, { detector: { heartbeat: '50 ms' } })).warnings, []);
    t.match(heartbeat, /^1\d\.\d+ ms$/);
  },
);

t.test('the lane of a ring and of a star, by hand', async (t) => {
  const beatNs = 56;
  const pairs = [
    { one: 0, other: 1, since: 'start' },
    { one: 0, other: 2, since: 'start' },
    { one: 1, other: 2, since: 'loss' },
  ] as const;
  const star = new Lane(starTopology(3, 1e9, 1000), () => pairs);
  t.equal(star.longestAnswerNs, 2 * (1000 + beatNs));
  t.equal(star.longestLoadedNs, 1000 + 4 * beatNs, 'two pairs at either end');
  t.same(
    [...star.beatNs],
    [2, 2, 1, 1, 1, 1].map((count) => count * beatNs),
  );
  const ring = new Lane(ringTopology(5, 1e9, 1000), () => [{ one: 0, other: 2, since: 'start' }]);
  t.equal(ring.longestAnswerNs, 2 * (2000 + beatNs));
  t.equal(ring.longestLoadedNs, 2000 + 2 * beatNs);
});
