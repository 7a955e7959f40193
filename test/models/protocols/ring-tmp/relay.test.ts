/** PROTOCOLS A.7: a ring with more nodes than layers, whose neighbours share layers: its bits, its time, what it refuses. */
import { MENDABLE_CRASH } from '../../../../models/survival.ts';
import fc from 'fast-check';
import t from 'tap';
import { jobNs } from '../../../../engine/cost.ts';
import { ringTmp } from '../../../../models/protocols/ring-tmp/definition.ts';
import { assignmentOf, host, runProtocol, sameBits, type Setting } from './harness.ts';
import { twinOf } from './relay-twin.ts';
import { anySetting } from './settings.ts';

t.setTimeout(200_000);

const relay = (others: object = {}) =>
  ringTmp.options.parse({ kind: 'ring-tmp', variant: 'relay', ...others });

const layersOf = ({ model }: Setting) => model.layers.length - (model.kind === 'mlp' ? 1 : 0);

const anyRelay = anySetting('exact').filter((setting) => setting.hosts.length >= layersOf(setting));

const anyOptions = fc.record({
  mode: fc.constantFrom('sync' as const, '2bw' as const),
  window: fc.constantFrom('time', 'memory', 1, 3),
  recompute: fc.constantFrom('none', 'all', 'except-last'),
});

t.test(
  'A.7: a relay ends with the bits of plain loops in its own order of sums, whatever nodes, times and windows',
  async (t) => {
    let shared = 0;
    fc.assert(
      fc.property(anyRelay, anyOptions, (setting, options) => {
        const trace = runProtocol(setting, relay(options));
        if (trace.result.failure !== null) throw new Error(trace.result.failure.message);
        if (setting.hosts.length > layersOf(setting) + 1) shared++;
        return sameBits(trace.weights, twinOf(setting, trace, options.mode === '2bw' ? 1 : 0));
      }),
      { numRuns: 200 },
    );
    t.ok(shared > 80, `${shared} with layers that are shared`);
  },
);

t.test('A.7: a relay equals seq-sgd to rounding', async (t) => {
  let farthest = 0;
  fc.assert(
    fc.property(anyRelay, (setting) => {
      const { precision } = assignmentOf(setting).training;
      const values = ({ weights }: { weights: Uint8Array | null }) =>
        precision === 32
          ? Float64Array.from(new Float32Array(weights!.slice().buffer))
          : new Float64Array(weights!.slice().buffer);
      const sgd = { ...setting.training, optimizer: { kind: 'sgd' as const } };
      const plain = { ...setting, training: sgd };
      const own = values(runProtocol(plain, relay()));
      const alone = values(runProtocol({ ...plain, jitter: undefined }, { kind: 'seq-sgd' }));
      const scale = precision === 32 ? 1 : 2 ** -29;
      own.forEach((value, k) => {
        farthest = Math.max(farthest, Math.abs(value - alone[k]) / scale);
      });
    }),
    { numRuns: 80 },
  );
  t.ok(farthest < 1e-5, `${farthest} of single precision`);
});

interface Equal {
  layers: number;
  nodesEach: number;
  microBatches: number;
  latencyNs: number;
}

const WIDTH = 8;
const BANDWIDTH = 1e9;

/** Layers of equal width and cost, each shared by as many nodes. */
function equalLayers({ layers, nodesEach, microBatches, latencyNs }: Equal): Setting {
  const flops = { forwardFlops: 20_000 * nodesEach, backwardFlops: 40_000 * nodesEach };
  const layer = { parameters: 16 * nodesEach, outputElements: WIDTH, splits: nodesEach, ...flops };
  return {
    hosts: Array.from({ length: layers * nodesEach }, () => host(1e9, Infinity, 0)),
    model: {
      kind: 'costs',
      layers: Array.from({ length: layers }, (_, index) => ({ ...layer, name: `l${index}` })),
      inputElements: WIDTH,
    },
    training: { batch: microBatches, microBatches, iterations: 3 },
    network: { kind: 'ring', bandwidth: BANDWIDTH, latencyNs },
  };
}

t.test(
  'A.7: T = (m + L - 1)(t_f + t_b) + 2 (N - 1) c, less what layer 0 has not to send',
  async (t) => {
    for (const layers of [1, 2, 4])
      for (const nodesEach of [1, 2, 4, 8])
        for (const microBatches of [4, 16, 40])
          for (const latencyNs of [100, 3_000, 30_000]) {
            const setting = equalLayers({ layers, nodesEach, microBatches, latencyNs });
            const { jobs } = runProtocol(setting, relay());
            const [HOST] = setting.hosts;
            // The addition of a partial sum: none in layer 0, and none where there is no part behind.
            const addNs = layers > 1 && nodesEach > 1 ? jobNs(HOST, WIDTH, 1) : 0;
            const passNs = jobNs(HOST, 20_000, 1) + jobNs(HOST, 40_000, 1);
            const hopNs = (elements: number) => latencyNs + ((48 + 4 * elements) / BANDWIDTH) * 1e9;
            const nodes = layers * nodesEach;
            let formula = (microBatches + layers - 1) * passNs + 2 * (nodes - 1) * hopNs(WIDTH);
            for (let part = 1; part < nodesEach; part++)
              formula -= hopNs(WIDTH) - hopNs((WIDTH * part) / nodesEach);
            // On two nodes these share the cable of the carries.
            if (nodes === 2 && layers === 1) formula += ((48 + 4 + 48 + 8) / BANDWIDTH) * 1e9;
            const ends = jobs.filter(({ node, pass }) => node === 0 && pass === 'update');
            const takenNs = ends[2].endNs - ends[1].endNs - jobNs(HOST, 32, 1);
            const slack = 4 * nodes + 2 * nodes * addNs + microBatches * addNs;
            t.ok(
              Math.abs(takenNs - formula) <= slack,
              `${layers} x ${nodesEach} nodes, ${microBatches} micro-batches, ${latencyNs} ns: ` +
                `${takenNs} ns, and ${formula} ns by the formula, ${slack} of rounding and additions`,
            );
          }
  },
);

t.test('A.7: what has no sense in a relay is refused with the reason', async (t) => {
  const setting = equalLayers({ layers: 2, nodesEach: 2, microBatches: 4, latencyNs: 10 });
  const run = (options: object, others: Partial<Setting> = {}) =>
    runProtocol({ ...setting, ...others }, {
      kind: 'ring-tmp',
      variant: 'relay',
      ...options,
    } as never);
  t.throws(() => run({ credits: 2 }), /credits is 2, and in variant 'relay' what a node begins/);
  t.throws(() => run({ replicas: 1 }), /replicas is 1, and in variant 'relay' nothing is repaired/);
  t.throws(() => run({}, { hosts: [host()] }), /1 nodes are fewer than 2 layers; variant: 'chain'/);
  const bounds = [0, 0.5, 1.5, 1.75, 2];
  const cut = { ...setting.model, bounds } as Setting['model'];
  t.throws(() => run({}, { model: cut }), /stage 1 of the cut by hand begins in layer 0 and ends/);
  t.equal(ringTmp.label!(relay({ mode: '2bw' })), 'ring-tmp/2bw/relay');
  t.equal(ringTmp.survives(relay(), MENDABLE_CRASH).crash, 'restarts');
  t.equal(ringTmp.reference(relay(), 4), null);
});
