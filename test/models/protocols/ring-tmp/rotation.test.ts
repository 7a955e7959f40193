/** PROTOCOLS A.7: a ring on which weights go round and data stays: its bits, its time, what it holds and sends. */
import { MENDABLE_CRASH } from '../../../../models/survival.ts';
import fc from 'fast-check';
import t from 'tap';
import { jobNs } from '../../../../engine/cost.ts';
import { eachAccount } from '../../../../engine/node-accounts.ts';
import { ringTmp } from '../../../../models/protocols/ring-tmp/definition.ts';
import { assignmentOf, host, runProtocol, sameBits, type Setting } from './harness.ts';
import { anySetting } from './settings.ts';

t.setTimeout(200_000);

const rotation = (others: object = {}) =>
  ringTmp.options.parse({ kind: 'ring-tmp', variant: 'rotation', ...others });

t.test('A.7: a rotation ends with the bits of seq-sgd, whatever nodes and times', async (t) => {
  let many = 0;
  let rounds = 0;
  fc.assert(
    fc.property(anySetting('exact'), fc.integer({ min: 1, max: 3 }), (setting, each) => {
      const nodes = setting.hosts.length;
      const microBatches = nodes * each;
      const training = { ...setting.training, microBatches, batch: 2 * microBatches };
      const work = { ...setting, training };
      if (nodes > 2) many++;
      if (nodes > 1 && each > 1) rounds++;
      const { result, weights, iterations } = runProtocol(work, rotation());
      if (result.failure !== null) throw new Error(result.failure.message);
      const alone = runProtocol({ ...work, jitter: undefined }, { kind: 'seq-sgd' });
      const losses = (from: typeof iterations) => from.map(({ loss }) => loss);
      const wanted = assignmentOf(work).training.iterations;
      if (iterations.length !== wanted)
        throw new Error(`${iterations.length} of ${wanted} reported`);
      if (losses(iterations).some((loss, k) => Math.abs(loss! - alone.iterations[k].loss!) > 1e-4))
        throw new Error(`losses ${losses(iterations)}, alone ${losses(alone.iterations)}`);
      return sameBits(weights, alone.weights);
    }),
    { numRuns: 100 },
  );
  t.ok(many > 30 && rounds > 20, `${many} with three nodes or more, ${rounds} of several rounds`);
});

const PARAMETERS = 50;
const BANDWIDTH = 1e9;

/** Equal blocks, one a node. */
function equalBlocks(nodes: number, rounds: number, latencyNs: number): Setting {
  const layer = { name: 'block', parameters: PARAMETERS, outputElements: 4 };
  const costs = { forwardFlops: 30_000, backwardFlops: 60_000 };
  const microBatches = nodes * rounds;
  return {
    hosts: Array.from({ length: nodes }, () => host(1e9, Infinity, 0)),
    model: {
      kind: 'costs',
      layers: Array.from({ length: nodes }, () => ({ ...layer, ...costs })),
      inputElements: 4,
    },
    training: { batch: microBatches, microBatches, iterations: 3 },
    network: { kind: 'ring', bandwidth: BANDWIDTH, latencyNs },
  };
}

t.test(
  'A.7: T = (m + N - 1)(t_f + t_b) + (m - 1)(c_f + c_b) + t_update, and 3wP/N bytes a slot',
  async (t) => {
    for (const nodes of [2, 3, 4, 8])
      for (const rounds of [1, 2, 4])
        for (const latencyNs of [0, 400, 2_000]) {
          const setting = equalBlocks(nodes, rounds, latencyNs);
          const { jobs, result, messages } = runProtocol(setting, rotation());
          const [HOST] = setting.hosts;
          const m = nodes * rounds;
          const passNs = jobNs(HOST, 30_000, 1) + jobNs(HOST, 60_000, 1);
          const hopNs = (copies: number) =>
            latencyNs + ((48 + copies * 4 * PARAMETERS) / BANDWIDTH) * 1e9;
          const updateNs = jobNs(HOST, 2 * PARAMETERS, 1);
          const expectedNs = (m + nodes - 1) * passNs + (m - 1) * (hopNs(1) + hopNs(2)) + updateNs;
          const ends = jobs.filter(({ node, pass }) => node === 0 && pass === 'update');
          const takenNs = ends[2].endNs - ends[1].endNs;
          const says = `${nodes} nodes, ${rounds} rounds, ${latencyNs} ns: ${takenNs} ns, and ${expectedNs} ns by the formula`;
          t.ok(Math.abs(takenNs - expectedNs) <= 2 * m, says);
          const blocks = messages.filter(({ message }) => message.kind === 'BLOCK');
          const bytes = blocks.reduce((sum, message) => sum + message.bytes - 48, 0);
          // What node 0 and the last take first is at home there.
          const hops = 3 * (nodes * m - 1);
          t.equal(bytes, 3 * hops * 4 * PARAMETERS, `${says}: bytes of blocks`);
          for (const { memoryItems } of eachAccount(result.nodes)) {
            t.equal(memoryItems.weights, 4 * PARAMETERS);
            t.ok(memoryItems.visitors <= 2 * 2 * 4 * PARAMETERS, 'two blocks at a node at most');
            t.equal(memoryItems.activations, rounds * nodes * 4 * (4 + 8), 'the whole net');
          }
        }
  },
);

t.test('A.7: what has no sense in a rotation is refused with the reason', async (t) => {
  const run = (options: object, setting = equalBlocks(2, 2, 0)) =>
    runProtocol(setting, { kind: 'ring-tmp', variant: 'rotation', ...options } as never);
  t.throws(() => run({ mode: '2bw' }), /mode is 2bw, and in variant 'rotation' a batch ends/);
  t.throws(() => run({ replicas: 1 }), /replicas is 1, and in variant 'rotation' nothing is/);
  t.throws(() => run({ window: 3 }), /window is 3, and in variant 'rotation' the order itself/);
  t.throws(() => run({ recompute: 'all' }), /recompute is 'all', and in variant 'rotation' the/);
  const uneven = equalBlocks(2, 2, 0);
  const training = { ...uneven.training, batch: 3, microBatches: 3 };
  t.throws(() => run({}, { ...uneven, training }), /3 micro-batches cannot be dealt out evenly/);
  t.equal(ringTmp.label!(rotation()), 'ring-tmp/rotation');
  t.equal(ringTmp.survives(rotation(), MENDABLE_CRASH).crash, 'restarts');
});
