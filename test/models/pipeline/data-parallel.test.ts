/** Equal pipelines on parts of every batch: the bits of seq-sgd in their order of sums, and what the sums take. */
import fc from 'fast-check';
import t from 'tap';
import { jobNs } from '../../../engine/cost.ts';
import { MESSAGE_HEADER_BYTES } from '../../../engine/world.ts';
import type { MlpSpec } from '../../../models/spec/model.ts';
import type { WeightsNote } from '../../../models/spec/notes.ts';
import { protocolOf } from '../../../models/protocols/registry.ts';
import { host, runProtocol, sameBits, type Setting } from '../protocols/ring-tmp/harness.ts';
import { anySetting } from '../protocols/ring-tmp/settings.ts';

const anyWork = fc.record({
  setting: anySetting('exact'),
  copies: fc.integer({ min: 2, max: 4 }),
  ranks: fc.integer({ min: 1, max: 4 }),
  perCopy: fc.integer({ min: 1, max: 3 }),
  kind: fc.constantFrom('gpipe', '1f1b', 'zb1p', 'interleaved-1f1b', 'dualpipe-v'),
});

t.test(
  'equal pipelines end with the bits of seq-sgd whose shares are summed round a ring',
  async (t) => {
    let [several, three] = [0, 0];
    fc.assert(
      fc.property(anyWork, ({ setting, copies, ranks, perCopy, kind }) => {
        const { layers } = setting.model as MlpSpec;
        const neurons = layers.slice(1).reduce((sum, width) => sum + width, 0);
        const chunks = kind === 'interleaved-1f1b' || kind === 'dualpipe-v' ? 2 : 1;
        fc.pre(neurons >= ranks * chunks);
        const microBatches = copies * perCopy;
        const training = { ...setting.training, microBatches, batch: 2 * microBatches };
        const hosts = Array.from(
          { length: copies * ranks },
          (_, k) => setting.hosts.at(k) ?? host(),
        );
        let slices = 0;
        const observer: Setting['observer'] = {
          noted(_node, _timeNs, name, value) {
            const { version } = value as WeightsNote;
            if (name === 'weights' && version === training.iterations) slices++;
          },
        };
        const work: Setting = { ...setting, hosts, training, observer };
        const given = protocolOf(kind)!.options.parse({ kind, dataParallel: copies });
        const { result, weights, iterations } = runProtocol(work, given);
        if (result.failure !== null) throw new Error(result.failure.message);
        if (ranks > 1) several++;
        if (copies > 2) three++;
        t.equal(iterations.length, training.iterations, 'each is told of once');
        t.equal(slices, ranks * chunks, 'each stage is published once');
        const reference = protocolOf(kind)!.reference(given, hosts.length)!;
        const alone = runProtocol({ ...work, observer: undefined, jitter: undefined }, reference);
        return sameBits(weights, alone.weights);
      }),
      { numRuns: 120 },
    );
    t.ok(
      several > 20 && three > 20,
      `${several} of several ranks, ${three} of three copies or more`,
    );
  },
);

t.test(
  'a ring of D copies sums in 2(D-1) hops and D-1 additions, but for losses on the way',
  async (t) => {
    const HOST = host(1e9, Infinity, 0);
    for (const [copies, parameters, latencyNs] of [
      [2, 800, 0],
      [3, 900, 500],
      [5, 10_000, 20_000],
    ]) {
      const [forwardFlops, backwardFlops] = [3000, 5000];
      const layer = { name: 'stage', parameters, outputElements: 4, forwardFlops, backwardFlops };
      const { iterations } = runProtocol(
        {
          hosts: Array.from({ length: copies }, () => HOST),
          model: { kind: 'costs', layers: [layer], inputElements: 4 },
          training: { batch: 4 * copies, microBatches: 4 * copies, iterations: 3 },
          network: { kind: 'ring', bandwidth: 1e9, latencyNs },
        },
        { kind: 'gpipe', dataParallel: copies } as never,
      );
      const chunk = parameters / copies;
      const hopNs = latencyNs + 4 * chunk + MESSAGE_HEADER_BYTES;
      const passesNs = 4 * (jobNs(HOST, forwardFlops, 1) + jobNs(HOST, backwardFlops, 1));
      const sumNs = 2 * (copies - 1) * hopNs + (copies - 1) * jobNs(HOST, chunk, 1);
      const updateNs = jobNs(HOST, 2 * parameters, 1);
      const [first, second, third] = iterations.map(({ timeNs }) => timeNs);
      const expected = passesNs + sumNs + updateNs;
      // Losses on their way to node 0 may hold a link when a chunk wants it.
      const lossNs = 8 + MESSAGE_HEADER_BYTES;
      for (const timeNs of [second - first, third - second])
        t.ok(
          Math.abs(timeNs - expected) < copies * lossNs,
          `${timeNs} ns, and ${expected} ns by the formula`,
        );
    }
  },
);

t.test('nodes and micro-batches that copies cannot share are refused', async (t) => {
  const setting: Setting = {
    hosts: Array.from({ length: 4 }, () => host()),
    model: { kind: 'mlp', layers: [6, 9, 5], activation: 'relu' },
    training: { numerics: 'cost', batch: 12, microBatches: 4 },
  };
  const run = (dataParallel: number) =>
    runProtocol(setting, { kind: '1f1b', dataParallel } as never);
  t.throws(() => run(3), /3 pipelines cannot share 4 nodes .* a number that divides 4/);
  const odd = { ...setting, training: { ...setting.training, microBatches: 3 } };
  t.throws(
    () => runProtocol(odd, { kind: '1f1b', dataParallel: 2 } as never),
    /3 micro-batches cannot be dealt out evenly to 2 pipelines .* a multiple of 2/,
  );
});
