/**
 * A better machine is never slower, and never without effect unless the run says so. Theory has it where the order of all
 * work is fixed: one node alone, and pipelines with a written schedule whose cut is given. Elsewhere it need not be so: the
 * order of arrival decides what a server or a greedy stage does next, and list scheduling has anomalies (Graham, 1969);
 * a faster wire moves the cut that the partition chooses. Of those only the effect is claimed.
 */
import fc from 'fast-check';
import t from 'tap';
import { simulate } from '../../sim/assemble.ts';
import { idleFieldTexts } from '../../sim/output/idle-fields.ts';
import { resolveScenario } from '../../sim/scenario/resolve.ts';
import type { Scenario } from '../../scenarios/scenario.ts';

const FIXED_ORDER = ['seq-sgd', 'gpipe', '1f1b', 'zb1p'];
const OTHERS = ['ring-tmp', 'ps-bsp', 'ps-asp', 'all-reduce', 'local-sgd'];

const layer = fc.record({
  name: fc.constant('x'),
  forwardFlops: fc.integer({ min: 1e4, max: 1e6 }),
  backwardFlops: fc.integer({ min: 1e4, max: 1e6 }),
  parameters: fc.integer({ min: 100, max: 100_000 }),
  outputElements: fc.integer({ min: 1, max: 1000 }),
  overhead: fc.integer({ min: 0, max: 10 }).map((us) => us * 1e-6),
});
const work = fc.record({
  nodes: fc.integer({ min: 2, max: 5 }),
  layers: fc.array(layer, { minLength: 5, maxLength: 8 }),
  microBatches: fc.constantFrom(1, 2, 4, 8),
  recompute: fc.constantFrom('none', 'all', 'except-last'),
  /** From bound by memory to bound by arithmetic at every update. */
  bytesPerFlop: fc.integer({ min: 1, max: 16 }),
  efficiency: fc.integer({ min: 1, max: 50 }).map((percent) => percent / 100),
  bandwidth: fc.constantFrom(1e7, 1e8, 1e9),
  network: fc.constantFrom('ring' as const, 'star' as const),
  sharing: fc.constantFrom('fifo' as const, 'fair' as const),
  precision: fc.constantFrom(16 as const, 32 as const),
  optimizer: fc.constantFrom('sgd' as const, 'adam' as const),
});
type Work = typeof work extends fc.Arbitrary<infer W> ? W : never;

const SPEED = 1e9;
const FIELDS = {
  speed: (s) => (s.cluster.host!.speed = 2 * SPEED),
  efficiency: (s) => (s.cluster.host!.efficiency = 2 * (s.cluster.host!.efficiency as number)),
  memoryBandwidth: (s) =>
    (s.cluster.host!.memoryBandwidth = 2 * (s.cluster.host!.memoryBandwidth as number)),
  bandwidth: (s) => (s.cluster.network.bandwidth = 2 * (s.cluster.network.bandwidth as number)),
  memory: (s) => (s.cluster.host!.memory = 2 * (s.cluster.host!.memory as number)),
} satisfies Record<string, (scenario: Scenario) => void>;
type Field = keyof typeof FIELDS;
const NAMES = Object.keys(FIELDS) as Field[];

function scenarioOf(drawn: Work, kind: string): Scenario {
  const { nodes, layers, bytesPerFlop, efficiency, microBatches, recompute, precision } = drawn;
  const isPipeline = FIXED_ORDER.includes(kind) && kind !== 'seq-sgd';
  const bounds = Array.from({ length: nodes + 1 }, (_, k) => (k === nodes ? layers.length : k));
  return {
    name: 'metamorphic',
    cluster: {
      nodes,
      host: {
        ...{ speed: SPEED, efficiency, memory: 1e12 },
        memoryBandwidth: bytesPerFlop * efficiency * SPEED,
      },
      network: {
        kind: drawn.network,
        bandwidth: drawn.bandwidth,
        latency: 1e-5,
        sharing: drawn.sharing,
      },
    },
    model: {
      kind: 'costs',
      layers,
      inputElements: 10,
      ...(isPipeline ? { bounds } : {}),
    } as Scenario['model'],
    training: {
      ...{ batch: 8, iterations: 2, numerics: 'cost', precision, optimizer: drawn.optimizer },
      ...(isPipeline || kind === 'ring-tmp' ? { microBatches } : {}),
    },
    protocol: { kind, ...(isPipeline ? { recompute } : {}) },
  };
}

async function run(written: Scenario) {
  const { scenario, warnings } = await resolveScenario(written);
  const { simulation } = simulate(scenario, 0, null);
  while (simulation.run(1_000_000));
  const result = simulation.result();
  if (result.failure !== null) throw new Error(result.failure.message);
  const told = [...warnings, ...idleFieldTexts(scenario, [result])];
  return { warnings: told, timeNs: result.timeNs, events: result.events };
}

async function doubled(drawn: Work, kind: string, field: Field) {
  const written = scenarioOf(drawn, kind);
  const before = await run(written);
  FIELDS[field](written);
  return { before, after: await run(written) };
}

t.test('twice as good is never slower where the order of work is fixed', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      work,
      fc.constantFrom(...FIXED_ORDER),
      fc.constantFrom(...NAMES),
      async (drawn, kind, field) => {
        const { before, after } = await doubled(drawn, kind, field);
        // Each job and each transfer is rounded up to a whole nanosecond.
        return after.timeNs <= before.timeNs + before.events;
      },
    ),
    { numRuns: 150 },
  );
  t.pass();
});

t.test('twice as good changes the time, or a warning says that it cannot', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      work,
      fc.constantFrom(...FIXED_ORDER, ...OTHERS),
      fc.constantFrom('speed' as const, 'efficiency' as const, 'memoryBandwidth' as const),
      async (drawn, kind, field) => {
        const { before, after } = await doubled(drawn, kind, field);
        const isTold = before.warnings.some((text) => text.includes(`host.${field} has no effect`));
        return after.timeNs !== before.timeNs || isTold;
      },
    ),
    { numRuns: 150 },
  );
  t.pass();
});

t.test('twice the bandwidth is faster wherever messages are waited for', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      work,
      fc.constantFrom('gpipe', '1f1b', 'ps-bsp', 'local-sgd'),
      async (drawn, kind) => {
        const { before, after } = await doubled(drawn, kind, 'bandwidth');
        return after.timeNs < before.timeNs;
      },
    ),
    { numRuns: 60 },
  );
  t.pass();
});
