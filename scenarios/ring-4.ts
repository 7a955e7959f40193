/**
 * Four nodes in a ring, small and quick: what `npm run real -- --nodes 4` runs on four threads. More nodes than
 * layers, so that layers are cut between nodes.
 */
import { defineScenario } from './scenario.ts';

export default defineScenario({
  name: 'ring-4',
  cluster: {
    nodes: 4,
    host: { speed: '2 GFLOP/s', memory: '64 MiB', taskOverhead: '10 us' },
    network: { kind: 'ring', bandwidth: '10 Gbit/s', latency: '5 us' },
  },
  model: { kind: 'mlp', layers: [784, 64, 32, 10] },
  data: { kind: 'mnist', train: 4000, test: 1000 },
  training: {
    batch: 128,
    microBatches: 8,
    iterations: 100,
    learningRate: 0.004,
    optimizer: 'adam',
    evaluateEvery: 25,
  },
  protocol: { kind: 'ring-tmp' },
  expect: [
    { value: 'training.finalAccuracy', atLeast: 0.9 },
    { value: 'accounting.busy.mean', atLeast: 0.5 },
  ],
});
