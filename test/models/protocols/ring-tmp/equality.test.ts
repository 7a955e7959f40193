import t from 'tap';
import fc from 'fast-check';
import { syntheticData } from '../../../../models/learning/data/synthetic.ts';
import { host, runProtocol, sameBits } from './harness.ts';
import { anySetting, ringOptions } from './settings.ts';

t.test('A.7: RingTMP-sync equals seq-SGD bit for bit, whatever the ring', async (t) => {
  const sizes = new Set<number>();
  fc.assert(
    fc.property(anySetting('exact'), ringOptions, (setting, options) => {
      const ring = runProtocol(setting, options);
      const alone = runProtocol({ ...setting, jitter: undefined }, { kind: 'seq-sgd' });
      if (ring.result.failure !== null) throw new Error(ring.result.failure.message);
      sizes.add(setting.hosts.length);
      return sameBits(ring.weights, alone.weights);
    }),
    { numRuns: 250 },
  );
  t.ok(sizes.has(1) && sizes.size > 5, 'rings of one node and of many were among the cases');
});

t.test('A.7: one neuron a node, at every number of micro-batches', async (t) => {
  const setting = {
    model: { kind: 'mlp' as const, layers: [7, 13, 11, 5], activation: 'relu' as const },
    data: syntheticData(5, 60, 3, 7, 5),
  };
  for (const microBatches of [1, 2, 3, 4, 6, 12]) {
    const training = { numerics: 'exact' as const, microBatches, iterations: 5 };
    const alone = runProtocol({ ...setting, training, hosts: [host()] }, { kind: 'seq-sgd' });
    for (const nodes of [1, 3, 6, 29]) {
      const hosts = Array.from({ length: nodes }, () => host());
      const ring = runProtocol({ ...setting, training, hosts }, { kind: 'ring-tmp' });
      t.ok(sameBits(ring.weights, alone.weights), `${nodes} nodes, m = ${microBatches}`);
      const [last] = ring.iterations.slice(-1);
      const [lastAlone] = alone.iterations.slice(-1);
      t.ok(Math.abs(last.loss! - lastAlone.loss!) < 1e-12, 'and the losses are its losses');
      t.equal(last.samples, 60);
    }
  }
});

t.test('seq-SGD learns: the oracle is no constant', async (t) => {
  const setting = {
    hosts: [host()],
    model: { kind: 'mlp' as const, layers: [7, 13, 5], activation: 'relu' as const },
    data: syntheticData(5, 60, 3, 7, 5),
    training: { numerics: 'exact' as const, iterations: 200, learningRate: 0.3 },
  };
  const { iterations } = runProtocol(setting, { kind: 'ring-tmp' });
  t.ok(iterations[199].loss! < iterations[0].loss! / 3, String(iterations[199].loss));
});
