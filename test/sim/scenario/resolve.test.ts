/** Resolving a scenario: defaults, and that a resolved scenario resolves to itself. */
import fc from 'fast-check';
import t from 'tap';
import type { Scenario } from '../../../scenarios/scenario.ts';
import { override } from '../../../sim/scenario/overrides.ts';
import { resolveScenario } from '../../../sim/scenario/resolve.ts';
import { tinyScenario } from './tiny-scenario.ts';

t.test('every default is filled in (ARCHITECTURE 5 and 7)', async (t) => {
  const { scenario, warnings } = await resolveScenario({
    name: 'bare',
    cluster: {
      nodes: 2,
      host: { speed: 1e9 },
      network: { kind: 'star', bandwidth: 1e9, latency: 0 },
    },
    model: { kind: 'mlp', layers: [784, 10] },
    data: { kind: 'mnist' },
    training: { batch: 4, iterations: 1, optimizer: 'adam' },
    protocol: { kind: 'ring-tmp' },
  });
  t.strictSame(warnings, []);
  t.match(scenario, {
    seed: 1,
    cluster: { host: { taskOverhead: 1e-5 }, network: { sharing: 'fair' } },
    model: { activation: 'relu' },
    data: { train: 8000, test: 2000 },
    training: {
      microBatches: 1,
      learningRate: 0.001,
      optimizer: { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
      numerics: 'exact',
      precision: 32,
      evaluateEvery: 0,
    },
    protocol: [{ kind: 'ring-tmp', label: 'ring-tmp' }],
    expect: [],
  });
});

t.test('a run is called by its label, else by its kind and what its options say', async (t) => {
  const protocol = [{ servers: 4 }, { servers: 1 }, { servers: 3, label: 'three' }];
  const written = protocol.map((options) => ({ kind: 'ps-bsp', ...options }));
  const tiny = tinyScenario();
  const cluster = { ...tiny.cluster, nodes: 8 };
  const { scenario } = await resolveScenario({ ...tiny, cluster, protocol: written });
  t.strictSame(
    scenario.protocol.map(({ label }) => label),
    ['ps-bsp/4-servers', 'ps-bsp', 'three'],
  );
});

t.test('a ring is called by its mode, if it is not lock-step', async (t) => {
  const modes = [{}, { mode: '2bw' }, { mode: 'stash' }, { mode: 'bounded', staleness: 3 }];
  const protocol = modes.map((options) => ({ kind: 'ring-tmp', ...options }));
  const { scenario } = await resolveScenario({ ...tinyScenario(), protocol });
  t.strictSame(
    scenario.protocol.map(({ label }) => label),
    ['ring-tmp', 'ring-tmp/2bw', 'ring-tmp/stash', 'ring-tmp/bounded-3'],
  );
});

t.test('a cost table means cost numerics, and no data', async (t) => {
  const layer = { name: 'a', forwardFlops: 1, backwardFlops: 2, parameters: 3, outputElements: 4 };
  const { scenario } = await resolveScenario({
    ...tinyScenario(),
    model: { kind: 'costs', inputElements: 4, layers: [{ ...layer, repeat: 12 }] },
    data: undefined,
  });
  t.match(scenario, { training: { numerics: 'cost' }, data: { kind: 'none' } });
  t.equal(scenario.model.layers.length, 1, 'repeat stays as it was written');
});

const quantities = fc.record({
  speed: fc.constantFrom('1 GFLOP/s', '3.3 TFLOP/s', 12345.678),
  bandwidth: fc.constantFrom('10 Gbit/s', '1.7 MB/s', 1 / 3),
  latency: fc.constantFrom('25 us', '0.1 ns', '3 min', 0),
  optimizer: fc.constantFrom<Scenario['training']['optimizer']>('sgd', 'adam', {
    kind: 'momentum',
    momentum: 0.5,
  }),
  label: fc.constantFrom('a', 'b'),
  stop: fc.option(fc.constantFrom({ time: '3 ms' }, { loss: 0.5 }), { nil: undefined }),
});

t.test('any resolved scenario, through JSON, resolves to itself: same text, same run', async () => {
  await fc.assert(
    fc.asyncProperty(quantities, async ({ speed, bandwidth, latency, optimizer, label, stop }) => {
      const tiny = tinyScenario();
      const written: Scenario = {
        ...tiny,
        cluster: { nodes: 3, host: { speed }, network: { kind: 'star', bandwidth, latency } },
        training: { ...tiny.training, optimizer },
        protocol: [{ kind: 'ring-tmp', label }, { kind: 'ps-bsp' }],
        stop,
      };
      const text = JSON.stringify((await resolveScenario(written)).scenario);
      const again = JSON.stringify((await resolveScenario(JSON.parse(text))).scenario);
      return text === again;
    }),
    { numRuns: 30 },
  );
});

t.test('overrides change a copy, make what is missing, and read JSON or text', async (t) => {
  const tiny = tinyScenario();
  const before = JSON.stringify(tiny);
  const changed = override(tiny, {
    set: [
      'stop.time=3 ms',
      'model.layers[1]=7',
      'training.precision=64',
      'protocol={"kind":"ps-bsp"}',
    ],
    nodes: '4',
    seed: '9',
  });
  t.equal(JSON.stringify(tiny), before);
  t.match(changed, {
    seed: 9,
    cluster: { nodes: 4 },
    model: { layers: [6, 7, 4] },
    training: { precision: 64 },
    protocol: { kind: 'ps-bsp' },
    stop: { time: '3 ms' },
  });
});
