/**
 * The critical path of an iteration is as long as the iteration, and what it says of a resource is what a run with that
 * resource made infinitely fast comes to, where the path stays the same.
 */
import fc from 'fast-check';
import t from 'tap';
import type { PathRecord, Resource } from '../../../models/observers/path/critical-path.ts';
import type { Scenario } from '../../../scenarios/scenario.ts';
import { explained } from './explained.ts';

const INFINITE = 1e24;

interface Drawn {
  readonly kind: string;
  readonly nodes: number;
  readonly microBatches: number;
  readonly bandwidth: number;
  readonly latency: number;
  readonly slow: number;
  readonly sharing: 'fair' | 'fifo';
}

interface Fast {
  readonly compute?: number;
  readonly network?: 'bandwidth' | 'latency';
  readonly nic?: number;
}

/** The first node's link to the rest of the world is slower than the others, and another node computes slower. */
function scenarioOf(drawn: Drawn, fast: Fast = {}): Scenario {
  const { kind, nodes, microBatches, slow, sharing } = drawn;
  const layer = { name: 'x', forwardFlops: 1e6, backwardFlops: 2e6, parameters: 4000 };
  const bandwidth = fast.network === 'bandwidth' ? INFINITE : drawn.bandwidth;
  const hosts = Array.from({ length: nodes }, (_none, node) => ({
    count: 1,
    speed: fast.compute === node ? INFINITE : node === slow % nodes ? 5e8 : 1e9,
    taskOverhead: 0,
    bandwidth: fast.nic === node ? INFINITE : node === 0 ? bandwidth / 3 : bandwidth,
  }));
  return {
    name: 'path',
    cluster: {
      ...{ nodes, hosts },
      network: {
        ...{ kind: 'star', sharing, bandwidth },
        latency: fast.network === 'latency' ? 1e-12 : drawn.latency,
      },
    },
    model: {
      ...{ kind: 'costs', inputElements: 1000 },
      layers: [{ ...layer, outputElements: 1000, repeat: nodes }],
      ...(PIPELINES.includes(kind)
        ? { bounds: Array.from({ length: nodes + 1 }, (_none, cut) => cut) }
        : {}),
    },
    training: {
      ...{ batch: 12 * microBatches, iterations: 6, numerics: 'cost' },
      ...(PIPELINES.includes(kind) ? { microBatches } : {}),
    },
    protocol: kind === 'local-sgd' ? { kind, localSteps: 1 } : { kind },
  };
}

const PIPELINES = ['gpipe', '1f1b', 'ring-tmp'];

/** Who did what after whom on the paths that were kept, without what took no time. */
function routeOf({ tasks, messages }: PathRecord): string {
  const steps = [
    ...tasks.map(({ name, node, endNs, startNs, critical }) => {
      return { text: `${name} at ${node}`, startNs, endNs, critical };
    }),
    ...messages.map(({ kind, from, to, sentNs, arrivedNs, critical }) => {
      return { text: `${kind} ${from}>${to}`, startNs: sentNs, endNs: arrivedNs, critical };
    }),
  ];
  return steps
    .filter(({ critical }) => critical !== null)
    .sort((one, other) => one.startNs - other.startNs || one.endNs - other.endNs)
    .map(({ text }) => text)
    .join(', ');
}

function worth({ resources }: PathRecord, isMeant: (resource: Resource) => boolean): number {
  return resources.reduce((sum, { resource, ns }) => sum + (isMeant(resource) ? ns : 0), 0);
}

const CHANGES: { fast: Fast; isMeant: (resource: Resource) => boolean }[] = [
  ...[0, 1, 2].map((node) => ({
    fast: { compute: node },
    isMeant: (resource: Resource) => resource.kind === 'compute' && resource.node === node,
  })),
  {
    fast: { nic: 0 },
    isMeant: (resource) => resource.kind === 'link' && resource.link < 2,
  },
  { fast: { network: 'latency' }, isMeant: ({ kind }) => kind === 'latency' },
];

t.test(
  'what the path says of a resource is what a run with it infinitely fast comes to',
  async (t) => {
    const seen = new Map<string, number>();
    const drawn = fc.record({
      kind: fc.constantFrom(...PIPELINES, 'ps-bsp', 'all-reduce', 'local-sgd'),
      nodes: fc.integer({ min: 3, max: 4 }),
      microBatches: fc.integer({ min: 1, max: 3 }),
      bandwidth: fc.constantFrom(1e6, 1e7, 1e8, 1e9),
      latency: fc.constantFrom(1e-6, 1e-4, 1e-2),
      slow: fc.integer({ min: 0, max: 3 }),
      sharing: fc.constantFrom('fair' as const, 'fifo' as const),
    });
    await fc.assert(
      fc.asyncProperty(drawn, fc.constantFrom(...CHANGES), async (work, { fast, isMeant }) => {
        const usual = await explained(scenarioOf(work));
        const changed = await explained(scenarioOf(work, fast));
        const [before, after] = [usual, changed].map(({ path }) => path.iterationNs);
        const predicted = before - worth(usual.path, isMeant);
        if (routeOf(usual.path) !== routeOf(changed.path)) return;
        const key = Object.keys(fast).join();
        seen.set(key, (seen.get(key) ?? 0) + 1);
        if (Math.abs(predicted - after) > 0.02 * after)
          throw new Error(`${before} ns, ${predicted} ns were predicted, and ${after} ns came out`);
      }),
      { numRuns: 400, seed: 1 },
    );
    for (const [fast, cases] of seen) t.ok(cases >= 20, `${fast}: stayed in ${cases} cases`);
    t.equal(seen.size, 3);
  },
);

t.test('the path is as long as the iterations, and what is on it sums to that', async (t) => {
  for (const kind of [...PIPELINES, 'ps-bsp', 'ps-asp', 'all-reduce']) {
    const work = { kind, nodes: 4, microBatches: 2, latency: 1e-4, bandwidth: 1e7, slow: 2 };
    const { path } = await explained(scenarioOf({ ...work, sharing: 'fifo' }));
    const sum = ['all compute', 'all links', 'latency'].reduce(
      (ns, kind) => ns + worth(path, (resource) => resource.kind === kind),
      path.otherNs,
    );
    t.equal(path.iterations, 5, kind);
    t.ok(Math.abs(sum - path.iterationNs) < 1e-6 * path.iterationNs, kind);
  }
});
