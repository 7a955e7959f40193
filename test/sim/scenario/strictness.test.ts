/** Not one object in a scenario lets an unknown field pass: a misspelt option would be an option without effect. */
import t from 'tap';
import { override } from '../../../sim/scenario/overrides.ts';
import { resolveScenario } from '../../../sim/scenario/resolve.ts';
import { tinyScenario } from './tiny-scenario.ts';

/** Scenarios that together have every kind of object that may stand in one. */
function variants(): object[] {
  const tiny = tinyScenario();
  const { cluster, training } = tiny;
  const { network } = cluster;
  const common = { bandwidth: '1 Gbit/s', latency: '1 us' };
  const storage = { bandwidth: '1 GB/s', latency: '1 ms' };
  const networks = [
    { kind: 'star', ...common },
    { kind: 'torus', rows: 1, ...common },
    { kind: 'racks', nodesPerRack: 2, oversubscription: 2, ...common },
    { kind: 'fat-tree', ports: 4, ...common },
    { kind: 'clusters', nodesPerGroup: 2, outside: common, ...common },
    { kind: 'links', links: [0, 1, 2].map((from) => ({ from, to: 'switch' })), ...common },
  ];
  const chances = [
    { kind: 'constant', value: 1 },
    { kind: 'uniform', low: 0, high: 1 },
    { kind: 'normal', mean: 1, deviation: 1 },
    { kind: 'log-normal', mean: 1, deviation: 1 },
    { kind: 'exponential', mean: 1 },
    { kind: 'pareto', minimum: 1, shape: 1 },
  ];
  const faults = [
    { kind: 'crash', at: 1, node: 0 },
    { kind: 'pause', every: 1, nodes: [1], for: 1 },
    { kind: 'slow', at: 1, random: 1, factor: 2 },
    { kind: 'cut', at: 1, node: 1 },
    { kind: 'partition', at: 1, groups: [[0]] },
    { kind: 'loss', at: 1, probability: 0.5 },
    { kind: 'duplicate', at: 1, probability: 0.5 },
    { kind: 'reorder', at: 1, probability: 0.5 },
    { kind: 'degrade', at: 1, latency: 2 },
    { trace: [{ time: 1, node: 0, event: 'crash' }] },
  ];
  const recovery = { detector: { misses: 3 }, checkpoint: { every: 2, to: storage } };
  const optimizers = [{ kind: 'sgd' }, { kind: 'momentum' }, { kind: 'adam' }];
  const layer = { name: 'a', forwardFlops: 1, backwardFlops: 1, parameters: 1, outputElements: 1 };
  return [
    tiny,
    { ...tiny, cluster: { nodes: 3, hosts: [{ count: 3, speed: 1 }], network } },
    { ...tiny, stop: { loss: 0.1 }, expect: [{ value: 'nodes', atMost: { of: 'ring-tmp' } }] },
    { ...tiny, protocol: ['seq-sgd', 'ring-tmp', 'ps-bsp', 'ps-asp'].map((kind) => ({ kind })) },
    { ...tiny, data: { kind: 'mnist' }, model: { kind: 'mlp', layers: [784, 10] } },
    {
      ...tiny,
      data: { kind: 'none' },
      model: { kind: 'costs', inputElements: 1, layers: [layer, layer, layer] },
      training: { ...training, numerics: 'cost' },
    },
    { ...tiny, ...recovery },
    ...faults.map((fault) => ({ ...tiny, faults: [fault] })),
    ...networks.map((one) => ({ ...tiny, cluster: { ...cluster, network: one } })),
    ...chances.map((compute) => ({
      ...tiny,
      cluster: { ...cluster, jitter: { compute, latency: compute } },
    })),
    ...optimizers.map((optimizer) => ({ ...tiny, training: { ...training, optimizer } })),
  ];
}

/** The paths of all objects inside. */
function* objects(value: unknown, path: string): Generator<string> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield path;
  for (const [key, inner] of Object.entries(value)) {
    const step = Array.isArray(value) ? `[${key}]` : path === '' ? key : `.${key}`;
    yield* objects(inner, `${path}${step}`);
  }
}

t.test(
  'an unknown field is refused by its path, wherever it stands (ARCHITECTURE 5)',
  async (t) => {
    const seen = new Set<string>();
    for (const variant of variants()) {
      await resolveScenario(variant);
      for (const path of objects(variant, '')) {
        const field = path === '' ? 'zzz' : `${path}.zzz`;
        const misspelt = override(variant, { set: [`${field}=1`] });
        const sentence = await resolveScenario(misspelt).then(
          () => 'nothing',
          (error: Error) => error.message,
        );
        t.ok(sentence.includes('zzz') && sentence.includes(path), `${field}: ${sentence}`);
        seen.add(path);
      }
    }
    t.ok(seen.size > 20, `${seen.size} places`);
  },
);

t.test('numbers that make no sense are refused, and so is a way out of the scenario', async (t) => {
  const cases: [string, RegExp][] = [
    ['training.evaluateEvery=-1', /training\.evaluateEvery is -1/],
    ['training.evaluateEvery=0.5', /training\.evaluateEvery is 0\.5/],
    ['training.optimizer={"kind":"adam","epsilon":0}', /training\.optimizer.*epsilon/],
    ['cluster.__proto__.nodes=1', /--set has the path 'cluster\.__proto__\.nodes'/],
    ['cluster.network={"kind":"torus","rows":2,"bandwidth":1,"latency":1}', /does not divide 3/],
  ];
  for (const [set, sentence] of cases)
    await t.rejects(
      async () => resolveScenario(override(tinyScenario(), { set: [set] })),
      { message: sentence },
      set,
    );
});
