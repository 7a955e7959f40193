/** Runs of each protocol on drawn machines, and the same with one thing about the machines twice as good. */
import fc from 'fast-check';
import { simulate } from '../../sim/assemble.ts';
import { idleFieldTexts } from '../../sim/output/idle-fields.ts';
import { resolveScenario } from '../../sim/scenario/resolve.ts';
import type { Scenario } from '../../scenarios/scenario.ts';

const layer = fc.record({
  name: fc.constant('x'),
  forwardFlops: fc.integer({ min: 1e4, max: 1e6 }),
  backwardFlops: fc.integer({ min: 1e4, max: 1e6 }),
  parameters: fc.integer({ min: 100, max: 100_000 }),
  outputElements: fc.integer({ min: 1, max: 1000 }),
  overhead: fc.integer({ min: 0, max: 10 }).map((us) => us * 1e-6),
});
/** The work, and the machines it is done on. */
export const drawn = fc.record({
  nodes: fc.constantFrom(2, 4, 6),
  layers: fc.array(layer, { minLength: 12, maxLength: 14 }),
  microBatches: fc.constantFrom(2, 4, 8),
  recompute: fc.constantFrom('none', 'all', 'except-last'),
  bucketBytes: fc.integer({ min: 1000, max: 1e6 }),
  /** From bound by memory to bound by arithmetic at every update. */
  bytesPerFlop: fc.integer({ min: 1, max: 16 }),
  efficiency: fc.integer({ min: 1, max: 50 }).map((percent) => percent / 100),
  bandwidth: fc.constantFrom(1e7, 1e8, 1e9),
  network: fc.constantFrom('ring' as const, 'star' as const),
  sharing: fc.constantFrom('fifo' as const, 'fair' as const),
  precision: fc.constantFrom(16 as const, 32 as const),
  optimizer: fc.constantFrom('sgd' as const, 'adam' as const),
});
export type Drawn = typeof drawn extends fc.Arbitrary<infer D> ? D : never;

/** A protocol as it is run here. */
export interface Case {
  readonly options: (drawn: Drawn) => { readonly kind: string };
  /** Stages a node, where the model is cut; copies of the pipeline, and the fewest nodes. */
  readonly stages?: number;
  readonly copies?: number;
  readonly leastNodes?: number;
  /** Not with slots that only a server keeps. */
  readonly isPlain?: boolean;
}

const stages = 1;
const ring = (mode: string): Case => ({
  ...{ options: ({ recompute }) => ({ kind: 'ring-tmp', mode, recompute }) as { kind: string } },
  stages,
});
const of = (kind: string, more: object = {}): Case['options'] => {
  return () => ({ kind, ...more });
};
const again = (kind: string, more: object = {}): Case['options'] => {
  return ({ recompute }) => ({ kind, recompute, ...more });
};
const overlapped = (kind: string): Case['options'] => {
  return ({ bucketBytes }) => ({ kind, overlap: { bucketBytes } });
};

/** In the order of the registry. */
export const CASES = {
  'seq-sgd': { options: of('seq-sgd') },
  'ring-tmp, sync': ring('sync'),
  'ring-tmp, 2bw': ring('2bw'),
  'ring-tmp, stash': ring('stash'),
  'ring-tmp, bounded': ring('bounded'),
  gpipe: { options: again('gpipe'), stages },
  '1f1b': { options: again('1f1b'), stages },
  '1f1b, two copies': { options: again('1f1b', { dataParallel: 2 }), stages, copies: 2 },
  'interleaved-1f1b': { options: again('interleaved-1f1b'), stages: 2 },
  zb1p: { options: again('zb1p'), stages },
  'dualpipe-v': { options: again('dualpipe-v', { overlap: 0.5 }), stages: 2 },
  pipeline: { options: again('pipeline'), stages },
  'ps-bsp': { options: of('ps-bsp') },
  'ps-bsp, two servers': { options: of('ps-bsp', { servers: 2 }), leastNodes: 4 },
  'ps-bsp, overlap': { options: overlapped('ps-bsp') },
  'ps-asp': { options: of('ps-asp') },
  'ps, bsp with a backup': { options: of('ps', { backupWorkers: 1 }), leastNodes: 4 },
  'ps, ssp': { options: of('ps', { consistency: { ssp: 1 } }), isPlain: true },
  'all-reduce': { options: of('all-reduce') },
  'all-reduce, overlap': { options: overlapped('all-reduce') },
  'all-reduce, groups': { options: of('all-reduce', { groups: 2 }), leastNodes: 4 },
  'local-sgd': { options: of('local-sgd', { localSteps: 2 }) },
} satisfies Record<string, Case>;
export type CaseName = keyof typeof CASES;
export const CASE_NAMES = Object.keys(CASES) as CaseName[];

const SPEED = 1e9;
/** What makes a machine twice as good. */
export const FIELDS = {
  speed: (s) => (s.cluster.host!.speed = 2 * SPEED),
  efficiency: (s) => (s.cluster.host!.efficiency = 2 * (s.cluster.host!.efficiency as number)),
  memoryBandwidth: (s) =>
    (s.cluster.host!.memoryBandwidth = 2 * (s.cluster.host!.memoryBandwidth as number)),
  bandwidth: (s) => (s.cluster.network.bandwidth = 2 * (s.cluster.network.bandwidth as number)),
  memory: (s) => (s.cluster.host!.memory = 2 * (s.cluster.host!.memory as number)),
} satisfies Record<string, (scenario: Scenario) => void>;
export type Field = keyof typeof FIELDS;
export const FIELD_NAMES = Object.keys(FIELDS) as Field[];

/** With `isCut` the model is cut by hand, so that a better machine has the same stages. */
export function scenarioOf(drawn: Drawn, name: CaseName, isCut: boolean): Scenario {
  const { layers, bytesPerFlop, efficiency, microBatches, precision, bandwidth } = drawn;
  const { options, copies = 1, leastNodes = 2 * copies, ...chosen }: Case = CASES[name];
  const nodes = Math.max(leastNodes, drawn.nodes);
  const cuts = ((chosen.stages ?? 0) * nodes) / copies;
  const bounds = Array.from({ length: cuts + 1 }, (_, k) => (k === cuts ? layers.length : k));
  const optimizer = chosen.isPlain ? 'sgd' : drawn.optimizer;
  return {
    name: 'machines',
    cluster: {
      nodes,
      host: {
        ...{ speed: SPEED, efficiency, memory: 1e12 },
        memoryBandwidth: bytesPerFlop * efficiency * SPEED,
      },
      network: { kind: drawn.network, bandwidth, latency: 1e-5, sharing: drawn.sharing },
    },
    model: {
      ...{ kind: 'costs', layers, inputElements: 10 },
      ...(cuts > 0 && isCut ? { bounds } : {}),
    } as Scenario['model'],
    training: {
      ...{ batch: 8, iterations: 2, numerics: 'cost', precision, optimizer },
      ...(cuts > 0 ? { microBatches } : {}),
    },
    protocol: options(drawn),
  };
}

/** What came of a run, and what the program says had no effect on it. */
async function run(written: Scenario) {
  const { scenario, warnings } = await resolveScenario(written);
  const { simulation } = simulate(scenario, 0, null);
  while (simulation.run(1_000_000));
  const result = simulation.result();
  if (result.failure !== null) throw new Error(result.failure.message);
  const peak = Math.max(...result.nodes.peakMemoryBytes);
  const used = peak / scenario.cluster.host!.memory!;
  return { ...result, used, told: [...warnings, ...idleFieldTexts(scenario, [result])] };
}
export type Ran = Awaited<ReturnType<typeof run>>;

/** The run, and the one on a machine that is twice as good in that. */
export async function doubled(drawn: Drawn, name: CaseName, field: Field, isCut = true) {
  const written = scenarioOf(drawn, name, isCut);
  const before = await run(written);
  const hasRoom = name !== 'ring-tmp, stash';
  if (field === 'memory' && hasRoom) {
    written.cluster.host!.memory = Math.max(...before.nodes.peakMemoryBytes);
    const tight = await run(written);
    FIELDS.memory(written);
    return { before: tight, after: await run(written) };
  }
  FIELDS[field](written);
  return { before, after: await run(written) };
}
