/** Every optional field changes something in some run, or is a warning: under each protocol one of the two, never both. */
import t from 'tap';
import { PROTOCOLS } from '../../../models/protocols/registry.ts';
import { NOTES } from '../../../models/spec/notes.ts';
import { dataOf, simulate } from '../../../sim/assemble.ts';
import { BadInput } from '../../../sim/scenario/bad-input.ts';
import { idleFaultTexts } from '../../../sim/scenario/fault-text.ts';
import { override } from '../../../sim/scenario/overrides.ts';
import { resolveScenario } from '../../../sim/scenario/resolve.ts';
import { scenarioJsonSchema } from '../../../sim/scenario/schema/schema.ts';
import { topologyOf } from '../../../sim/topology.ts';
import { tinyScenario } from './tiny-scenario.ts';

const RACKS = '"kind":"racks","nodesPerRack":2,"oversubscription":1,"bandwidth":1e8,"latency":1e-5';
const TREE = '"kind":"fat-tree","bandwidth":1e8,"latency":1e-5';
const LINK = '"kind":"links","bandwidth":1e8,"latency":1e-5,"links":';
const WIRES = (more: string) =>
  `cluster.network={${LINK}[{"from":0,"to":1${more}},{"from":1,"to":2},{"from":2,"to":0}]}`;
const SLOW = (more: string) => `faults=[{"kind":"slow","factor":3,${more}}]`;
const CUT = (more: string) => `faults=[{"kind":"loss","probability":0.5,"at":0${more}}]`;
const WORSE = (more: string) => `faults=[{"kind":"degrade","at":0,${more}}]`;
const CRASH = (more: string) =>
  `faults=[{"kind":"crash","at":"100 us","node":0,"for":"50 us"${more}}]`;
const SEVERED = 'faults=[{"kind":"cut","at":"10 us","between":[0,1]}]';
const EVERY = '"every":"100 us","node":0,"for":"50 us"';

/** What is set beforehand, and what the field is set to; null: it is told elsewhere, for the reason given. */
const FIELDS: Readonly<Record<string, [string[], string] | string>> = {
  $schema: 'it is for editors',
  seed: [[], 'seed=2'],
  'cluster.host': 'it is needed, unless there are hosts',
  'cluster.host.memory': [[], 'cluster.host.memory=64 B'],
  'cluster.host.taskOverhead': [[], 'cluster.host.taskOverhead=20 us'],
  'cluster.host.bandwidth': [[], 'cluster.host.bandwidth=1 MB/s'],
  'cluster.host.latency': [[], 'cluster.host.latency=1 ms'],
  'cluster.host.disk': [[], 'cluster.host.disk={"latency":"1 ms"}'],
  'cluster.host.disk.latency': [['cluster.host.disk={}'], 'cluster.host.disk.latency=1 ms'],
  'cluster.host.disk.bandwidth': [['cluster.host.disk={}'], 'cluster.host.disk.bandwidth=1 MB/s'],
  'cluster.hosts': 'it stands instead of host',
  'cluster.hosts.memory': 'as of host',
  'cluster.hosts.taskOverhead': 'as of host',
  'cluster.hosts.bandwidth': 'as of host',
  'cluster.hosts.latency': 'as of host',
  'cluster.hosts.disk': 'as of host',
  'cluster.hosts.disk.latency': 'as of host',
  'cluster.hosts.disk.bandwidth': 'as of host',
  'cluster.network.sharing': [
    ['cluster.network.kind=star', 'cluster.network.bandwidth=1 kB/s'],
    'cluster.network.sharing=fifo',
  ],
  'cluster.network.rerouteAfter': [
    ['cluster.network.kind=ring', SEVERED],
    'cluster.network.rerouteAfter=20 us',
  ],
  'cluster.network.rows': [
    ['cluster.nodes=4', 'cluster.network.kind=torus'],
    'cluster.network.rows=1',
  ],
  'cluster.network.coreLatency': [
    [`cluster.network={${RACKS}}`],
    `cluster.network={${RACKS},"coreLatency":1}`,
  ],
  'cluster.network.ports': [[`cluster.network={${TREE}}`], `cluster.network={${TREE},"ports":2}`],
  'cluster.network.links.bandwidth': [[WIRES('')], WIRES(',"bandwidth":1e4')],
  'cluster.network.links.latency': [[WIRES('')], WIRES(',"latency":0.1')],
  'cluster.network.links.oneWay': [[WIRES('')], WIRES(',"oneWay":true')],
  'cluster.jitter': 'as its parts',
  'cluster.jitter.compute': [[], 'cluster.jitter={"compute":{"kind":"exponential","mean":1}}'],
  'cluster.jitter.latency': [[], 'cluster.jitter={"latency":{"kind":"exponential","mean":1}}'],
  'model.activation': 'there is one',
  'model.layers.repeat': 'it is a layer more',
  data: 'it is needed under exact numerics, and told under cost numerics below',
  'data.train': [[], 'data.train=32'],
  'data.test': [[], 'data.test=8'],
  'training.microBatches': [[], 'training.microBatches=4'],
  'training.learningRate': [[], 'training.learningRate=0.2'],
  'training.optimizer': [[], 'training.optimizer=adam'],
  'training.optimizer.momentum': [
    ['training.optimizer={"kind":"momentum"}'],
    'training.optimizer.momentum=0.5',
  ],
  'training.optimizer.beta1': [
    ['training.optimizer={"kind":"adam"}'],
    'training.optimizer.beta1=0.5',
  ],
  'training.optimizer.beta2': [
    ['training.optimizer={"kind":"adam"}'],
    'training.optimizer.beta2=0.5',
  ],
  'training.optimizer.epsilon': [
    ['training.optimizer={"kind":"adam"}'],
    'training.optimizer.epsilon=0.5',
  ],
  'training.numerics': [[], 'training.numerics=cost'],
  'training.precision': [[], 'training.precision=64'],
  'training.evaluateEvery': [['training.evaluateEvery=0'], 'training.evaluateEvery=1'],
  'protocol.label': 'it is a name',
  faults: [[], SLOW('"at":0,"node":0')],
  'faults.at': [[SLOW('"at":0,"node":0')], SLOW('"at":"100 us","node":0')],
  'faults.every': [
    [SLOW('"every":1,"node":0,"for":"5 us"')],
    SLOW('"every":"20 us","node":0,"for":"5 us"'),
  ],
  'faults.shape': [[SLOW(EVERY)], SLOW(`${EVERY},"shape":3`)],
  'faults.from': [[SLOW(EVERY)], SLOW(`${EVERY},"from":"100 us"`)],
  'faults.until': [[SLOW(EVERY)], SLOW(`${EVERY},"until":"110 us"`)],
  'faults.node': [[SLOW('"at":0,"node":0')], SLOW('"at":0,"node":1')],
  'faults.nodes': [[SLOW('"at":0,"nodes":[0]')], SLOW('"at":0,"nodes":[0,1]')],
  'faults.role': 'roles are those of one protocol',
  'faults.rack': [[`cluster.network={${RACKS}}`, SLOW('"at":0,"rack":0')], SLOW('"at":0,"rack":1')],
  'faults.random': [[SLOW('"at":0,"random":1')], SLOW('"at":0,"random":3')],
  'faults.neighbours': [[SLOW('"at":0,"neighbours":1')], SLOW('"at":0,"neighbours":3')],
  'faults.for': [[SLOW('"at":0,"node":0')], SLOW('"at":0,"node":0,"for":"10 us"')],
  'faults.disk': [[CRASH('')], CRASH(',"disk":"lost"')],
  'faults.between': [[CUT('')], CUT(',"between":[0,2]')],
  'faults.oneWay': [[CUT(',"between":[0,2]')], CUT(',"between":[0,2],"oneWay":true')],
  'faults.bandwidth': [[WORSE('"latency":2')], WORSE('"latency":2,"bandwidth":0.001')],
  'faults.latency': [[WORSE('"bandwidth":0.5')], WORSE('"bandwidth":0.5,"latency":9')],
  detector: [[SLOW('"at":0,"node":0')], 'detector={"heartbeat":"150 us"}'],
  'detector.heartbeat': [['detector={"misses":3}'], 'detector.heartbeat=150 us'],
  'detector.misses': [
    ['faults=[{"kind":"pause","at":"50 us","node":2,"for":"650 us"}]', 'detector.misses=2'],
    'detector.misses=9',
  ],
  checkpoint: [[], 'checkpoint={"every":2,"to":{"bandwidth":1e9,"latency":1e-6}}'],
  stop: 'as its parts',
  'stop.time': [[], 'stop.time=100 us'],
  'stop.loss': [[], 'stop.loss=100'],
  'stop.accuracy': [[], 'stop.accuracy=0.01'],
  'stop.diverged': [['training.learningRate=1e30'], 'stop.diverged=false'],
  expect: 'it is told to --check alone',
  'expect.of': 'as expect',
  'expect.atLeast': 'as expect',
  'expect.atLeast.value': 'as expect',
  'expect.atLeast.times': 'as expect',
  'expect.atMost': 'as expect',
  'expect.atMost.value': 'as expect',
  'expect.atMost.times': 'as expect',
};

interface JsonSchema {
  readonly anyOf?: JsonSchema[];
  readonly oneOf?: JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Record<string, JsonSchema>;
  readonly required?: string[];
}

function* optionalFields(schema: JsonSchema, path = ''): Generator<string> {
  const { anyOf = [], oneOf = [], items, properties = {}, required = [] } = schema;
  for (const part of [...anyOf, ...oneOf, ...(items ? [items] : [])])
    yield* optionalFields(part, path);
  for (const [name, inner] of Object.entries(properties)) {
    const at = path === '' ? name : `${path}.${name}`;
    if (!required.includes(name)) yield at;
    yield* optionalFields(inner, at);
  }
}

t.test('every optional field of the schema is in the table', async (t) => {
  const all = new Set(optionalFields(scenarioJsonSchema(PROTOCOLS)));
  // The options of one protocol have tests of its own.
  const isOption = (field: string) => field !== 'protocol.label' && field.startsWith('protocol.');
  const fields = [...all].filter((field) => !isOption(field));
  t.strictSame(Object.keys(FIELDS).sort(), fields.sort());
});

/** All that came of a run, in words to compare; and what the program says had no effect. */
async function outcome(set: string[]): Promise<{ result: string; warnings: string[] }> {
  try {
    const { scenario, warnings } = await resolveScenario(override(tinyScenario(), { set }));
    const { simulation, log } = simulate(scenario, 0, dataOf(scenario));
    if (simulation.run(200_000)) simulation.stop('interrupted');
    const run = simulation.result();
    const { iterations, finalWeights } = log.record();
    const { outcome, failure, digest, timeNs, nodes, links } = run;
    const { busyNs, commNs, bytesSent, peakMemoryBytes } = nodes;
    const work = [busyNs, commNs, bytesSent, peakMemoryBytes];
    const topology = topologyOf(scenario);
    const cables = Array.from({ length: topology.linkCount }, (_, link) => topology.link(link));
    const events = [outcome, failure, digest, timeNs, work, links, cables];
    const result = JSON.stringify([events, iterations, finalWeights]);
    return { result, warnings: [...warnings, ...idleFaultTexts(scenario, run)] };
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    return { result: error.message, warnings: [] };
  }
}

for (const { kind } of PROTOCOLS)
  t.test(`under ${kind} each changes the run, or is a warning`, async (t) => {
    let changes = 0;
    for (const [field, entry] of Object.entries(FIELDS)) {
      if (typeof entry === 'string') continue;
      const [before, change] = [...entry];
      const base = [
        `protocol={"kind":"${kind}"}`,
        'training.microBatches=1',
        'training.iterations=12',
        ...before,
      ];
      const [one, other] = [await outcome(base), await outcome([...base, change])];
      const changed = one.result !== other.result;
      if (changed) changes++;
      const warnings = other.warnings.filter((warning) => isAbout(warning, field));
      const said = `${field}: changed ${changed}, ${warnings.join('; ')}`;
      // A fault that struck nothing in this run is told when it is over, whatever chance it drew.
      const isIdle = warnings.some((warning) => warning.includes('struck nothing'));
      if (isIdle) t.pass(said);
      else t.not(changed, warnings.length > 0, said);
    }
    t.ok(changes > 30, `${changes} change it`);
  });

/** Whether a warning names the field, or what it is a part of. */
function isAbout(warning: string, field: string): boolean {
  const [named] = warning.replaceAll(/\[\d+\]/g, '').split(' ');
  return field === named || field.startsWith(`${named}.`);
}

t.test('what says nothing, though it stands there, is a warning that says why', async (t) => {
  const cases: [string[], string][] = [
    [
      ['data.train=4'],
      'data.train is 4, below training.batch, which is 8: each batch has samples more than once',
    ],
    [
      [
        `cluster.network={${RACKS.replace('"nodesPerRack":2', '"nodesPerRack":3')},"coreLatency":1}`,
      ],
      'cluster.network.coreLatency has no effect with one rack',
    ],
    [
      [`cluster.network={${TREE},"ports":6,"coreLatency":1}`],
      'cluster.network.coreLatency has no effect with one switch',
    ],
    [
      ['cluster.jitter={"compute":{"kind":"constant","value":1}}'],
      'cluster.jitter.compute has no effect: it is always 1',
    ],
    [[SLOW('"at":0,"node":0').replace('3', '1')], 'faults[0].factor is 1, which slows nobody'],
    [[CUT('').replace('0.5', '0')], 'faults[0].probability is 0, which strikes no message'],
    [
      [CRASH(',"disk":"lost"').replace(',"for":"50 us"', '')],
      'faults[0].disk has no effect on a host that never returns',
    ],
    [[WORSE('"latency":1')], 'faults[0] has factors of 1, which degrade nothing'],
    [
      ['checkpoint={"every":2,"to":{"bandwidth":1e6,"latency":0}}'],
      'checkpoint has no effect without faults: ring-tmp reads it where nodes may fail',
    ],
    [
      ['checkpoint={"every":2,"to":{"bandwidth":1e6,"latency":0}}', 'protocol={"kind":"seq-sgd"}'],
      'checkpoint has no effect without faults: seq-sgd reads it where nodes may fail',
    ],
  ];
  for (const [set, sentence] of cases)
    t.ok((await outcome(set)).warnings.includes(sentence), sentence);
});

t.test('where nodes may fail, checkpoints are made or are a warning', async (t) => {
  for (const { kind } of PROTOCOLS) {
    const set = [
      `protocol={"kind":"${kind}"}`,
      'training.iterations=12',
      SLOW('"at":0,"node":0'),
      'checkpoint={"every":1,"to":{"bandwidth":1e9,"latency":1e-6}}',
    ];
    const { scenario, warnings } = await resolveScenario(override(tinyScenario(), { set }));
    let made = 0;
    const noted = (_node: number, _timeNs: number, name: string) => {
      if (name === NOTES.checkpoint) made++;
    };
    const { simulation } = simulate(scenario, 0, dataOf(scenario), { observers: [{ noted }] });
    while (simulation.run(200_000));
    const isWarned = warnings.some((warning) => isAbout(warning, 'checkpoint'));
    t.not(made > 0, isWarned, `${kind}: ${made} made; ${warnings.join('; ')}`);
  }
});

t.test('micro-batches that nobody reads need not divide the batch', async (t) => {
  const set = ['training.microBatches=3', 'protocol={"kind":"ps-bsp"}'];
  const { scenario, warnings } = await resolveScenario(override(tinyScenario(), { set }));
  t.equal(scenario.training.batch, 8);
  t.strictSame(warnings, [
    'training.microBatches has no effect under ps-bsp, where nobody reads it',
  ]);
});
