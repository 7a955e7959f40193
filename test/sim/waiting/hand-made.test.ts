/** On cases made of one cause, that cause has the blame, at the place where it was put. */
import t from 'tap';
import type { Scenario } from '../../../scenarios/scenario.ts';
import { explained, mostlyAt, sharesOf } from './explained.ts';

const FAST = { bandwidth: '1000 Gbit/s', latency: '1 us' } as const;

/** Four nodes with a layer each, and an update that takes next to nothing. */
function work(kind: string, changes: Partial<Scenario> = {}): Scenario {
  const layer = {
    ...{ name: 'x', forwardFlops: 1e6, backwardFlops: 2e6 },
    ...{ parameters: 100, outputElements: 1000 },
  };
  return {
    name: 'hand-made',
    cluster: {
      nodes: 4,
      host: { speed: 1e9, taskOverhead: 0 },
      network: { kind: 'star', ...FAST },
    },
    model: { kind: 'costs', inputElements: 1000, layers: [{ ...layer, repeat: 4 }] },
    training: { batch: 16, microBatches: 4, iterations: 6, numerics: 'cost' },
    protocol: { kind },
    ...changes,
  };
}

const PIPELINES = ['gpipe', '1f1b', 'ring-tmp'];

for (const kind of PIPELINES)
  t.test(`${kind}: equal stages on a fast network wait for the pipeline alone`, async (t) => {
    const run = await explained(work(kind));
    const { bubble, nothingToDo } = sharesOf(run);
    t.ok(bubble > 0.5);
    t.ok(bubble + nothingToDo > 0.99);
  });

t.test('equal workers on a fast network wait for each other alone', async (t) => {
  const layer = { name: 'x', forwardFlops: 1e6, backwardFlops: 2e6, parameters: 1, repeat: 4 };
  const layers = [{ ...layer, outputElements: 1 }];
  const model: Scenario['model'] = { kind: 'costs', inputElements: 1, layers };
  // Three workers and a server.
  const training = { batch: 12, iterations: 6, numerics: 'cost' as const };
  const run = await explained(work('ps-bsp', { model, training }));
  const { barrier, bubble } = sharesOf(run);
  t.ok(barrier > 0.97);
  t.equal(bubble, 0);
});

const STRAGGLER = 1;
for (const kind of [...PIPELINES, 'ps-bsp', 'all-reduce'])
  t.test(`${kind}: one node that is slowed down is what the others wait for`, async (t) => {
    const slow = await explained(
      work(kind, {
        faults: [{ at: 0, kind: 'slow', node: STRAGGLER, factor: 8 }],
      }),
    );
    const usual = await explained(work(kind));
    t.equal(mostlyAt(slow, 'straggler').place, `node ${STRAGGLER}`);
    t.ok(mostlyAt(slow, 'straggler').share > 0.99);
    const { causes } = slow.waits;
    const longer = [0, 2, 3].map((node) => {
      const before = usual.result.nodes.commNs[node] + usual.result.nodes.idleNs[node];
      const after = slow.result.nodes.commNs[node] + slow.result.nodes.idleNs[node];
      return { longerNs: after - before, blamedNs: causes.straggler[node] };
    });
    for (const { longerNs, blamedNs } of longer)
      t.ok(blamedNs > 0.7 * longerNs, `${blamedNs} of ${longerNs} ns`);
    t.ok(sharesOf(slow).failure < 0.001);
  });

for (const kind of PIPELINES)
  t.test(`${kind}: one slow link is what its receivers wait for`, async (t) => {
    const slow = 2;
    const hosts = [0, 1, 2, 3].map((node) => ({
      ...{ count: 1, speed: 1e9, taskOverhead: 0 },
      ...(node === slow ? { bandwidth: 2e5 } : {}),
    }));
    const { network } = work(kind).cluster;
    const run = await explained(work(kind, { cluster: { nodes: 4, hosts, network } }));
    const { link, queueing } = sharesOf(run);
    t.ok(link + queueing > 0.9, `link ${link}, queueing ${queueing}`);
    const places = [`link ${2 * slow}`, `link ${2 * slow + 1}`];
    t.ok(places.includes(mostlyAt(run, 'link').place));
    t.ok(mostlyAt(run, 'link').share > 0.45);
  });

/** A node that the others cannot do without, and how long it is away, in seconds. */
const CRASHES = { gpipe: 1, 'ring-tmp': 1, 'ps-bsp': 3 };
const AWAY = 0.5;
for (const [kind, node] of Object.entries(CRASHES))
  t.test(`${kind}: after a crash the others wait for the node that is gone`, async (t) => {
    const run = await explained(
      work(kind, {
        faults: [{ at: 0.15, kind: 'crash', node, for: AWAY }],
        detector: { heartbeat: 1e-3, misses: 3 },
        checkpoint: { every: 1, to: { bandwidth: 1e9, latency: 1e-5 } },
      }),
    );
    t.equal(run.result.outcome, 'finished');
    const { place, share } = mostlyAt(run, 'failure');
    t.equal(place, `node ${node}`);
    t.ok(share > 0.98, String(share));
    const others = [0, 1, 2, 3].filter((one) => one !== node);
    for (const other of others)
      t.ok(run.waits.causes.failure[other] > (kind === 'ring-tmp' ? 0.3 : 0.8) * AWAY * 1e9);
  });

t.test(
  'where the wire loses messages, the time until they are sent again is its failure',
  async (t) => {
    const faults: Scenario['faults'] = [{ at: 0, kind: 'loss', probability: 0.2 }];
    const run = await explained(
      work('1f1b', { faults, training: { ...work('').training, iterations: 40 } }),
    );
    const { failure, queueing, bubble } = sharesOf(run);
    t.ok(failure > 100 * queueing, `failure ${failure}, queueing ${queueing}`);
    t.ok(bubble > 0.3);
  },
);

t.test('once a failure is repaired, an alarm is part of the work again', async (t) => {
  const protocol = {
    ...{ kind: 'ps-bsp', pull: 'unicast' },
    mapReduce: { jobOverhead: '20 ms', storageBandwidth: '1 GB/s' },
  };
  const training = { ...work('').training, batch: 12, microBatches: 1, iterations: 40 };
  const failureNs = async (faults: Scenario['faults']) => {
    const detector = { heartbeat: '1 ms', misses: 3 };
    const { waits, result } = await explained(work('', { protocol, training, faults, detector }));
    t.equal(result.outcome, 'finished');
    // Of those whom no fault strikes.
    return Math.max(...waits.causes.failure.slice(1));
  };
  const jobNs = 20e6;
  const usualNs = await failureNs([]);
  const cases: [Scenario['faults'], number][] = [
    [[{ at: 0.3, kind: 'crash', node: 0 }], 1],
    [[{ at: 0.3, kind: 'crash', node: 0, for: 0.2 }], 3],
    [[{ at: 0.3, kind: 'pause', node: 0, for: '1 ms' }], 1],
  ];
  for (const [faults, jobs] of cases) {
    const ns = (await failureNs(faults)) - usualNs;
    t.ok(ns < jobs * jobNs, `${ns} ns in ${JSON.stringify(faults)}`);
  }
});
