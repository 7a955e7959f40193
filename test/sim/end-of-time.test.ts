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

async function there(parts: Parts, protocol: { kind: string }, sharing: string) {
  const network = { ...parts.network, sharing };
  const result = await play({ ...parts, network }, protocol);
  return { name: `${protocol.kind}, ${sharing}`, result };
}

/** Every protocol, with both ways of sharing links, beside what came of it. */
async function* everywhere(parts: Parts) {
  for (const protocol of PROTOCOLS)
    for (const sharing of ['fair', 'fifo']) yield await there(parts, protocol, sharing);
}

/** Each way of sharing links, with one protocol of each family. */
async function* elsewhere(parts: Parts) {
  yield await there(parts, PROTOCOLS[0], 'fair');
  yield await there(parts, PROTOCOLS[1], 'fifo');
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

const ALL = [0, 1, 2, 3];
const later = (kind: string, more: object = {}) => ({
  faults: [{ at: '100 us', kind, ...more, for: days(105) }],
});
const loss = { faults: [{ at: 1, kind: 'loss', probability: 0.01 }] };
const slow = { kind: 'slow', nodes: ALL };
const degrade = { at: '60 us', kind: 'degrade' };
const scarce = { speed: 1e-9, taskOverhead: days(50), count: 2 };
const plenty = { speed: 1e9, count: 2 };
const constant = (value: number) => ({ kind: 'constant', value });
const links = (link: object) => ({
  kind: 'links',
  links: [{ from: 0, to: 'hub', ...link }, ...[1, 2, 3].map((from) => ({ from, to: 'hub' }))],
});

/** By the field that the sentence names: what brings a job beyond the end of time. */
const LONG_JOBS: [field: string, parts: Parts][] = [
  ['cluster.host.speed', { host: { speed: 1e-6 } }],
  ['cluster.host.speed', { host: { speed: 1e-9 }, ...loss }],
  ['cluster.host.taskOverhead', { host: { taskOverhead: days(60) } }],
  ['cluster.hosts[0].speed', { cluster: { host: undefined, hosts: [scarce, plenty] } }],
  ['cluster.jitter.compute', { cluster: { jitter: { compute: constant(1e15) } } }],
  ['faults[0].factor', { faults: [{ at: '50 us', ...slow, factor: 1e300 }] }],
  [
    'faults[1].factor',
    {
      faults: [
        { at: '50 us', ...slow, factor: 10 },
        { at: '60 us', ...slow, factor: 1e300, for: days(200) },
      ],
    },
  ],
];

/** The same, for messages. */
const LONG_MESSAGES: [field: string, parts: Parts][] = [
  ['cluster.network.latency', { network: { latency: days(60) } }],
  ['cluster.network.latency', { network: { latency: days(60) }, ...loss }],
  ['cluster.network.bandwidth', { network: { bandwidth: 1e-9 } }],
  ['cluster.network.bandwidth', { network: { bandwidth: 1e-9 }, ...loss }],
  ['cluster.host.latency', { host: { latency: days(60) } }],
  ['cluster.host.bandwidth', { host: { bandwidth: 1e-9 } }],
  [
    'cluster.network.oversubscription',
    { network: { kind: 'racks', nodesPerRack: 1, oversubscription: 1e300 } },
  ],
  [
    'cluster.network.coreLatency',
    { network: { kind: 'racks', nodesPerRack: 1, oversubscription: 1, coreLatency: days(60) } },
  ],
  [
    'cluster.network.outside.bandwidth',
    {
      network: { kind: 'clusters', nodesPerGroup: 1, outside: { bandwidth: 1e-9, latency: 0 } },
    },
  ],
  [
    'cluster.network.outside.latency',
    {
      network: {
        ...{ kind: 'clusters', nodesPerGroup: 1 },
        outside: { bandwidth: 1e9, latency: days(60) },
      },
    },
  ],
  ['cluster.network.links[0].bandwidth', { network: links({ bandwidth: 1e-9 }) }],
  ['cluster.network.links[0].latency', { network: links({ latency: days(100) }) }],
  ['cluster.jitter.latency', { cluster: { jitter: { latency: constant(1e15) } } }],
  ['faults[0].bandwidth', { faults: [{ ...degrade, bandwidth: 1e-300 }] }],
  ['faults[0].latency', { faults: [{ ...degrade, latency: 1e300 }] }],
  [
    'faults[1].bandwidth',
    {
      faults: [
        { ...degrade, bandwidth: 1e-8, for: days(110) },
        { ...degrade, bandwidth: 1e-9, for: days(200) },
      ],
    },
  ],
];

/** The same, for what lasts too long for the nodes that wait for its end. */
const LONG_WAITS: [field: string, parts: Parts][] = [
  ['faults[0].for', later('crash', { nodes: ALL })],
  ['faults[0].for', later('pause', { nodes: ALL })],
  ['faults[0].for', later('partition', { groups: [[0], [1], [2], [3]] })],
  ['faults[0].for', later('loss', { probability: 1 })],
];

for (const [field, parts] of [...LONG_JOBS, ...LONG_MESSAGES, ...LONG_WAITS])
  t.test(`${field} in ${JSON.stringify(parts)}: the run fails, and says so`, async (t) => {
    for await (const { name, result } of elsewhere(parts)) {
      t.equal(result.outcome, 'failed', name);
      const { message = '' } = result.failure ?? {};
      const opening = 'modelled time ends after 2^53 ns (104 days), before the run does: ';
      t.ok(message.startsWith(`${opening}${field} `), `${name}: ${message}`);
    }
  });

t.test('who comes back says so itself, however slow the detector is', async (t) => {
  const parts = {
    detector: { heartbeat: days(60) },
    faults: [{ at: '100 us', kind: 'crash', node: 1, for: 1 }],
  };
  for await (const { name, result } of elsewhere(parts))
    t.equal(result.outcome, 'finished', `${name}: ${result.failure?.message ?? 'it ends well'}`);
});

t.test('a run of too many iterations says how many there is time for', async (t) => {
  const host = { taskOverhead: days(2) };
  const training = { batch: 16, microBatches: 1, iterations: 300, learningRate: 0.05 };
  for await (const { name, result } of elsewhere({ host, training })) {
    const { message = '' } = result.failure ?? {};
    t.match(
      message,
      /training\.iterations is 300, of which (\d+) are made by then; at most \1, or less/,
      name,
    );
  }
});

t.test(
  'a deadlock that has nothing to do with time is one, whatever is never to come',
  async (t) => {
    const faults = [
      { at: '100 us', kind: 'partition', groups: [[0], [1], [2], [3]] },
      { at: days(200), kind: 'crash', node: 0 },
    ];
    for await (const { name, result } of everywhere({ faults }))
      if (!name.startsWith('seq-sgd')) t.match(result.failure?.message, /^deadlock after/, name);
  },
);

t.test('wires that degrade to nothing step by step end the run, in a sentence', async (t) => {
  const faults = [{ kind: 'degrade', every: '200 us', latency: 1e12, for: days(300) }];
  for await (const { name, result } of elsewhere({ faults }))
    t.match(result.failure?.message, /^(modelled time ends|nobody goes on|deadlock) after/, name);
});

t.test('a checkpoint that is still being read is waited for, for a day', async (t) => {
  const faults = [{ at: '300 us', kind: 'crash', nodes: ALL, for: '1 ms' }];
  const checkpoint = { every: 1, to: { bandwidth: '1 GB/s', latency: days(1) } };
  for await (const { name, result } of elsewhere({ faults, checkpoint }))
    t.equal(result.outcome, 'finished', `${name}: ${result.failure?.message ?? 'it ends well'}`);
});

t.test('slowings that are over leave a job as long as it was', async (t) => {
  const brief = { ...slow, factor: 1e300, for: '1 ms' };
  const faults = [
    { at: '50 us', ...brief },
    { at: '60 us', ...brief },
  ];
  for await (const { name, result } of everywhere({ faults }))
    t.equal(result.outcome, 'finished', `${name}: ${result.failure?.message ?? 'it ends well'}`);
});

t.test('a checkpoint that takes longer than time lasts is never there', async (t) => {
  const faults = [{ at: '300 us', kind: 'crash', node: 0, for: '1 ms' }];
  const checkpoint = { every: 1, to: { bandwidth: 1e-9, latency: days(100) } };
  for await (const { name, result } of everywhere({ faults, checkpoint }))
    if (result.outcome !== 'finished')
      t.match(result.failure?.message, /^(modelled time ends|nobody goes on|deadlock) after/, name);
});
