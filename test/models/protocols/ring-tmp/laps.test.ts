/** PROTOCOLS A.7: a ring that micro-batches go round several times: its bits, its time, and what it holds. */
import { MENDABLE_CRASH } from '../../../../models/survival.ts';
import fc from 'fast-check';
import t from 'tap';
import { jobNs } from '../../../../engine/cost.ts';
import { eachAccount } from '../../../../engine/node-accounts.ts';
import { ringTmp } from '../../../../models/protocols/ring-tmp/definition.ts';
import { host, runProtocol, sameBits, type Setting } from './harness.ts';
import { anySetting } from './settings.ts';

t.setTimeout(200_000);

const inLaps = (laps: number, others: object = {}) =>
  ringTmp.options.parse({ kind: 'ring-tmp', variant: 'laps', laps, ...others });

t.test('A.7: laps end with the bits of seq-sgd, whatever nodes and micro-batches', async (t) => {
  let many = 0;
  const recompute = fc.constantFrom('none', 'all', 'except-last');
  const laps = fc.integer({ min: 2, max: 4 });
  fc.assert(
    fc.property(anySetting('exact'), laps, recompute, (setting, laps, recompute) => {
      const { model, hosts } = setting;
      const widths = model.kind === 'mlp' ? model.layers.slice(1) : [];
      const most = Math.floor(widths.reduce((sum, width) => sum + width, 0) / laps);
      fc.pre(most > 0);
      const work = { ...setting, hosts: hosts.slice(0, most) };
      if (work.hosts.length > 2) many++;
      const { result, weights } = runProtocol(work, inLaps(laps, { recompute }));
      if (result.failure !== null) throw new Error(result.failure.message);
      const alone = runProtocol({ ...work, jitter: undefined }, { kind: 'seq-sgd' });
      return sameBits(weights, alone.weights);
    }),
    { numRuns: 120 },
  );
  t.ok(many > 20, `${many} with three nodes or more`);
});

/** Equal segments, that many a node; hops take no time worth speaking of. */
function equalSegments(nodes: number, laps: number, microBatches: number): Setting {
  const layer = { name: 'segment', parameters: 50, outputElements: 4 };
  const costs = { forwardFlops: 30_000, backwardFlops: 60_000 };
  return {
    hosts: Array.from({ length: nodes }, () => host(1e9, Infinity, 0)),
    model: {
      kind: 'costs',
      layers: Array.from({ length: nodes * laps }, () => ({ ...layer, ...costs })),
      inputElements: 4,
    },
    training: { batch: microBatches, microBatches, iterations: 3 },
    network: { kind: 'ring', bandwidth: 1e15, latencyNs: 0 },
  };
}

t.test('A.7: T = m (t_f + t_b) + (N - 1)(t_f + t_b) / v, to a nanosecond a message', async (t) => {
  for (const [nodes, laps, microBatches] of [
    [4, 2, 8],
    [8, 2, 16],
    [4, 3, 4],
    [3, 4, 9],
    [6, 2, 6],
  ]) {
    const setting = equalSegments(nodes, laps, microBatches);
    const { jobs, result } = runProtocol(setting, inLaps(laps));
    const [HOST] = setting.hosts;
    const passNs = laps * (jobNs(HOST, 30_000, 1) + jobNs(HOST, 60_000, 1));
    const updateNs = laps * jobNs(HOST, 100, 1);
    const expectedNs = microBatches * passNs + ((nodes - 1) * passNs) / laps + updateNs;
    const ends = jobs.filter(({ node, pass }) => node === 0 && pass === 'update');
    const takenNs = ends[3 * laps - 1].endNs - ends[2 * laps - 1].endNs;
    const hops = 2 * nodes * laps * microBatches;
    t.ok(
      Math.abs(takenNs - expectedNs) <= hops + updateNs,
      `${nodes} nodes, ${laps} laps: ${takenNs} ns, and ${expectedNs} ns by the formula`,
    );
    const weights = [...eachAccount(result.nodes)].map(({ memoryItems }) => memoryItems.weights);
    t.same(weights, new Array(nodes).fill(4 * 50 * laps), 'A.6: a segment a lap');
    t.equal(Math.round(result.timeNs / expectedNs), 3);
  }
});

t.test(
  'what has no sense in laps is refused with the reason, and the name says how many',
  async (t) => {
    const run = (options: object) =>
      runProtocol(equalSegments(2, 2, 4), {
        kind: 'ring-tmp',
        variant: 'laps',
        ...options,
      } as never);
    t.throws(() => run({ mode: '2bw' }), /mode is 2bw, and in variant 'laps' a batch ends before/);
    t.throws(
      () => run({ replicas: 1 }),
      /replicas is 1, and in variant 'laps' nothing is repaired/,
    );
    t.throws(() => run({ window: 3 }), /window is 3, and in variant 'laps' the order itself/);
    t.throws(() => run({ credits: 2 }), /credits is 2, and in variant 'laps' the order itself/);
    t.throws(() => run({ variant: 'chain', laps: 2 }), /laps is 2, and variant is 'chain'/);
    t.throws(() => run({ laps: 3 }), /6 stages on 2 nodes are more than the model has layers/);
    t.equal(ringTmp.label!(inLaps(3)), 'ring-tmp/laps-3');
    t.equal(ringTmp.survives(inLaps(3), MENDABLE_CRASH).crash, 'restarts');
  },
);
