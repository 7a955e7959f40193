/**
 * Sixteen spot instances train while the provider takes some of them and gives a few back, as a trace says. The ring
 * keeps two replicas and goes on over whoever is left; two that go together are no loss, since no three neighbours do.
 * A checkpoint every ten iterations is there in case they should: try `--set protocol.replicas=0`.
 */
import { defineScenario } from './scenario.ts';

export default defineScenario({
  name: 'spot-16',
  cluster: {
    nodes: 16,
    host: { speed: '2 GFLOP/s', memory: '128 MiB', taskOverhead: '10 us' },
    network: { kind: 'star', bandwidth: '10 Gbit/s', latency: '5 us' },
  },
  model: { kind: 'mlp', layers: [784, 128, 64, 10] },
  data: { kind: 'mnist', train: 4000, test: 1000 },
  training: {
    batch: 128,
    microBatches: 16,
    iterations: 60,
    learningRate: 0.004,
    optimizer: 'adam',
    evaluateEvery: 0,
  },
  protocol: { kind: 'ring-tmp', replicas: 2 },
  faults: [{ trace: 'spot-16.csv' }],
  checkpoint: { every: 10, to: { bandwidth: '1 GB/s', latency: '1 ms' } },
  expect: [
    { value: 'training.iterations', atLeast: 60, atMost: 60 },
    { value: 'training.finalAccuracy', atLeast: 0.85 },
    { value: 'resilience.strikes', atLeast: 5, atMost: 5 },
    { value: 'resilience.lost.count', atMost: 0 },
    { value: 'resilience.restarts', atMost: 0 },
    { value: 'resilience.weightsEqualToFaultless', atLeast: 1 },
  ],
});
