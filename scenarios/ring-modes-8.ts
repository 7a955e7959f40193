/**
 * A ring of eight in four modes: in lock-step, where the pipeline fills and drains with every batch, and without a flush,
 * with gradients one update late (2bw), or updates of every micro-batch with and without a stash of their weights. Look
 * at the time of an iteration beside the staleness, and at the older weights that it takes.
 */
import { defineScenario } from './scenario.ts';

export default defineScenario({
  name: 'ring-modes-8',
  cluster: {
    nodes: 8,
    host: { speed: '2 GFLOP/s', memory: '64 MiB', taskOverhead: '1 us' },
    network: { kind: 'ring', bandwidth: '100 Gbit/s', latency: '1 us' },
  },
  model: { kind: 'mlp', layers: [784, 64, 64, 10] },
  data: { kind: 'mnist', train: 4000, test: 1000 },
  training: { batch: 128, microBatches: 16, iterations: 100, learningRate: 0.1, evaluateEvery: 25 },
  protocol: [
    { kind: 'ring-tmp', label: 'lock-step' },
    { kind: 'ring-tmp', mode: '2bw' },
    { kind: 'ring-tmp', mode: 'stash' },
    { kind: 'ring-tmp', mode: 'bounded', staleness: 1 },
  ],
  expect: [
    { value: 'training.finalAccuracy', atLeast: 0.8 },
    {
      of: 'ring-tmp/2bw',
      value: 'training.iterationSeconds',
      atMost: { of: 'lock-step' },
    },
  ],
});
