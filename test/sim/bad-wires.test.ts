/** Wires that lose messages, or take minutes for one: as long as anything passes the run ends with the right weights. */
import fc from 'fast-check';
import t from 'tap';
import { dataOf, simulate } from '../../sim/assemble.ts';
import { weightsSha256 } from '../../sim/output/weights-hash.ts';
import { resolveScenario } from '../../sim/scenario/resolve.ts';

const PROTOCOLS = [
  { kind: 'ring-tmp', replicas: 1 },
  { kind: 'ps-bsp', replicas: 1 },
  { kind: 'ps-asp', replicas: 1 },
];
const [RING, BSP] = PROTOCOLS;
/** A run that takes more events is one that does not end. */
const MOST_EVENTS = 2_000_000;

async function train(protocol: object, faults: object[], seed = 1) {
  const { scenario } = await resolveScenario({
    name: 'bad-wires',
    seed,
    cluster: {
      nodes: 4,
      host: { speed: '2 GFLOP/s', taskOverhead: '10 us' },
      network: { kind: 'star', bandwidth: '10 Gbit/s', latency: '5 us' },
    },
    model: { kind: 'mlp', layers: [8, 6, 4] },
    data: { kind: 'synthetic', train: 32, test: 8 },
    training: { batch: 8, microBatches: 2, iterations: 2, learningRate: 0.05 },
    protocol,
    faults,
  });
  const { simulation, log } = simulate(scenario, 0, dataOf(scenario));
  while (simulation.events < MOST_EVENTS && simulation.run(10_000));
  simulation.stop('interrupted');
  const { failure, outcome } = simulation.result();
  const weights = weightsSha256(log.record().finalWeights);
  return { outcome, why: failure?.message ?? outcome, weights, events: simulation.events };
}

const lossOf = (probability: number) => ({ at: 0, kind: 'loss', probability });

/** The protocol's weights without faults, once a seed. */
const faultless = new Map<string, string | null>();
async function rightWeights(protocol: { kind: string }, seed: number) {
  const name = `${protocol.kind} ${seed}`;
  if (!faultless.has(name)) faultless.set(name, (await train(protocol, [], seed)).weights);
  return faultless.get(name)!;
}

t.test('whatever share of the messages is lost, the weights are those of no loss', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...PROTOCOLS),
      fc.integer({ min: 0, max: 95 }),
      fc.nat(3),
      async (protocol, percent, seed) => {
        const { outcome, weights, why } = await train(protocol, [lossOf(percent / 100)], seed);
        if (outcome !== 'finished') throw new Error(why);
        return protocol.kind === 'ps-asp' || weights === (await rightWeights(protocol, seed));
      },
    ),
    { numRuns: 20 },
  );
});

t.test('the right weights come of it where nearly all messages are lost', async (t) => {
  for (const [protocol, percent] of [
    [BSP, 99],
    [RING, 97],
    [{ kind: 'gpipe' }, 99],
  ] as const) {
    const { outcome, why, weights } = await train(protocol, [lossOf(percent / 100)]);
    t.equal(outcome, 'finished', why);
    t.equal(weights, await rightWeights(protocol, 1), protocol.kind);
  }
});

for (const protocol of PROTOCOLS) {
  t.test(`${protocol.kind} where nothing arrives fails, and says why`, async (t) => {
    for (const faults of [
      [lossOf(1)],
      [{ at: 0, kind: 'partition', groups: [[0], [1], [2], [3]] }],
    ]) {
      const { outcome, why } = await train(protocol, faults);
      t.equal(outcome, 'failed');
      t.match(why, /^deadlock after .*: stalled/);
    }
  });

  t.test(`${protocol.kind} ends well, in few events, at a byte a second`, async (t) => {
    const slow = { at: '100 us', kind: 'degrade', bandwidth: 8e-10 };
    const { outcome, why, weights, events } = await train(protocol, [slow]);
    t.equal(outcome, 'finished', why);
    if (protocol.kind !== 'ps-asp') t.equal(weights, await rightWeights(protocol, 1));
    t.ok(events < 500_000, `${events} events`);
  });

  t.test(`${protocol.kind} ends well where a node crashes on such wires`, async (t) => {
    const { outcome, why } = await train(protocol, [
      { at: '100 us', kind: 'degrade', bandwidth: 8e-8 },
      { at: '10 s', kind: 'crash', node: 1, for: '5 s' },
    ]);
    t.equal(outcome, 'finished', why);
  });
}
