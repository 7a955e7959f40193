/** Every optional field changes something in some run, or is a warning: under each protocol one of the two, never both. */
import t from 'tap';
import { PROTOCOLS } from '../../../models/protocols/registry.ts';
import { NOTES } from '../../../models/spec/notes.ts';
import { dataOf, simulate } from '../../../sim/assemble.ts';
import { BadInput } from '../../../sim/scenario/bad-input.ts';
import { idleFieldTexts } from '../../../sim/output/idle-fields.ts';
import { idleFaultTexts } from '../../../sim/scenario/fault-text.ts';
import { override } from '../../../sim/scenario/overrides.ts';
import { resolveScenario } from '../../../sim/scenario/resolve.ts';
import { scenarioJsonSchema } from '../../../sim/scenario/schema/schema.ts';
import { topologyOf } from '../../../sim/topology.ts';
import { CRASH, CUT, FIELDS, RACKS, SLOW, TREE, WORSE } from './optional-fields.ts';
import { tinyScenario } from './tiny-scenario.ts';

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
    const cables = Array.from({ length: topology.linkCount }, (_, at) => {
      const { id, latencyNs } = topology.link(at);
      return { id, latencyNs };
    });
    const events = [outcome, failure, digest, timeNs, work, links, cables];
    const result = JSON.stringify([events, iterations, finalWeights]);
    const idle = [...idleFaultTexts(scenario, run), ...idleFieldTexts(scenario, [run])];
    return { result, warnings: [...warnings, ...idle] };
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
      // What a crash would end has had an effect.
      const warnings = other.warnings.filter(
        (warning) => isAbout(warning, field) && !warning.includes('would fail the run'),
      );
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

t.test('fields of many layers that nobody reads are one warning', async (t) => {
  const set = [
    ...(FIELDS['model.layers.carryElements'] as [string[], string])[0],
    ...[0, 1, 2].map((layer) => `model.layers[${layer}].carryElements=9`),
    'protocol={"kind":"all-reduce"}',
  ];
  const { warnings } = await resolveScenario(override(tinyScenario(), { set }));
  t.ok(
    warnings.includes(
      'model.layers[0].carryElements and 2 more have no effect under all-reduce, where nobody reads it',
    ),
    warnings.join('; '),
  );
});

t.test('micro-batches that nobody reads need not divide the batch', async (t) => {
  const set = ['training.microBatches=3', 'protocol={"kind":"ps-bsp"}'];
  const { scenario, warnings } = await resolveScenario(override(tinyScenario(), { set }));
  t.equal(scenario.training.batch, 8);
  t.strictSame(warnings, [
    'training.microBatches has no effect under ps-bsp, where nobody reads it',
  ]);
});
