/** Modelled time ends after 104 days: what reaches beyond ends in a sentence, or never happens, and harms nothing else. */
import t from 'tap';
import { dataOf, simulate } from '../../sim/assemble.ts';
import { resolveScenario } from '../../sim/scenario/resolve.ts';

interface Parts {
  cluster?: object;
  network?: object;
  host?: object;
  [field: string]: unknown;
}

const PROTOCOLS = [
  { kind: 'ring-tmp', replicas: 1 },
  { kind: 'ps-bsp', replicas: 1 },
  { kind: 'ps-asp', replicas: 1 },
  { kind: 'seq-sgd' },
];

async function play({ cluster, network, host, ...changes }: Parts, protocol: object) {
  const { scenario } = await resolveScenario({
    name: 'long',
    cluster: {
      nodes: 4,
      host: { speed: '2 GFLOP/s', taskOverhead: '10 us', ...host },
      network: { kind: 'star', bandwidth: '10 Gbit/s', latency: '5 us', ...network },
      ...cluster,
    },
    model: { kind: 'mlp', layers: [16, 12, 8, 4] },
    data: { kind: 'synthetic', train: 64, test: 16 },
    training: { batch: 16, microBatches: 4, iterations: 3, learningRate: 0.05 },
    protocol,
    ...changes,
  });
  const { simulation } = simulate(scenario, 0, dataOf(scenario));
  let slices = 0;
  while (simulation.run(100_000)) if (++slices === 20) throw new Error('it does not end');
  return simulation.result();
}

/** Every protocol, with both ways of sharing links, beside what came of it. */
async function* everywhere(parts: Parts) {
  for (const protocol of PROTOCOLS)
    for (const sharing of ['fair', 'fifo']) {
      const network = { ...parts.network, sharing };
      yield {
        name: `${protocol.kind}, ${sharing}`,
        result: await play({ ...parts, network }, protocol),
      };
    }
}

/** So many days, in seconds. */
const days = (count: number) => count * 86_400;

const HARMLESS: Record<string, Parts> = {
  'a fault that comes later': { faults: [{ at: days(200), kind: 'crash', node: 0 }] },
  'a fault that comes at the end of all numbers': {
    faults: [{ at: 1e300, kind: 'crash', node: 0 }],
  },
  'a slow host for a year': {
    faults: [{ at: '100 us', kind: 'slow', node: 1, factor: 2, for: days(365) }],
  },
  'wires that lose a little for 104 days': {
    faults: [{ at: 0, kind: 'loss', probability: 0.01, for: days(104) }],
  },
  'overlapping degradations for ever': {
    faults: [
      { at: '50 us', kind: 'degrade', bandwidth: 0.5, for: days(300) },
      { at: '60 us', kind: 'degrade', latency: 2, for: 1e200 },
    ],
  },
  'faults every thousand years': {
    faults: [{ every: days(365_000), kind: 'crash', node: 0, until: days(1e9) }],
  },
  'heartbeats every hundred days': { detector: { heartbeat: days(100) } },
  'an end as late as time goes': { stop: { time: days(104) } },
};

for (const [what, parts] of Object.entries(HARMLESS))
  t.test(`${what} does no harm`, async (t) => {
    for await (const { name, result } of everywhere(parts))
      t.equal(result.outcome, 'finished', `${name}: ${result.failure?.message ?? 'it ends well'}`);
  });

const FOR_EVER: Record<string, Parts> = {
  'slow hosts': { host: { speed: 1e-6 } },
  'hosts as slow as they may be': { host: { speed: 1e-9 } },
  'a long overhead': { host: { taskOverhead: days(60) } },
  'slowings that multiply': {
    faults: [
      { at: '50 us', kind: 'slow', nodes: [0, 1, 2, 3], factor: 1e300 },
      { at: '60 us', kind: 'slow', nodes: [0, 1, 2, 3], factor: 1e300 },
    ],
  },
};

for (const [what, parts] of Object.entries(FOR_EVER))
  t.test(`${what}: the run fails, in a sentence`, async (t) => {
    for await (const { name, result } of everywhere(parts)) {
      t.equal(result.outcome, 'failed', name);
      t.match(result.failure?.message, /^modelled time ends after 2\^53 ns \(104 days\)/, name);
    }
  });

const WIRES_FOR_EVER: Record<string, Parts> = {
  'a latency of months': { network: { latency: days(60) } },
  'a bandwidth of next to nothing': { network: { bandwidth: 1e-9 } },
  'wires that degrade to nothing step by step': {
    faults: [{ every: '200 us', kind: 'degrade', latency: 1e12, for: days(300) }],
  },
  'wires that degrade to nothing': {
    faults: [{ at: '100 us', kind: 'degrade', bandwidth: 1e-300, latency: 1e300 }],
  },
};

for (const [what, parts] of Object.entries(WIRES_FOR_EVER))
  t.test(`${what}: the run ends, in a sentence`, async (t) => {
    for await (const { name, result } of everywhere(parts)) {
      if (name.startsWith('seq-sgd')) continue;
      t.equal(result.outcome, 'failed', name);
      t.match(
        result.failure?.message,
        /^(modelled time ends|deadlock|no node|node \d+ gave up)/,
        name,
      );
    }
  });

t.test('slowings that are over leave a job as long as it was', async (t) => {
  const slow = { kind: 'slow', nodes: [0, 1, 2, 3], factor: 1e300, for: '1 ms' };
  const faults = [
    { at: '50 us', ...slow },
    { at: '60 us', ...slow },
  ];
  for await (const { name, result } of everywhere({ faults }))
    t.equal(result.outcome, 'finished', `${name}: ${result.failure?.message ?? 'it ends well'}`);
});

t.test('a checkpoint that takes longer than time lasts is never there', async (t) => {
  const faults = [{ at: '300 us', kind: 'crash', node: 0, for: '1 ms' }];
  const checkpoint = { every: 1, to: { bandwidth: 1e-9, latency: days(100) } };
  for await (const { name, result } of everywhere({ faults, checkpoint }))
    if (result.outcome !== 'finished')
      t.match(result.failure?.message, /^(modelled time ends after|deadlock after)/, name);
});
