/**
 * The rival that most people use: sixteen nodes that each hold the whole model and sum their gradients, over one ring, in
 * four groups of four, and during the backward pass. The switch has 1 Gbit/s a node, so that sums take most of the time:
 * look at the bytes a node, which no number of nodes makes more, and at what each way of summing leaves of it.
 */
import { defineScenario } from './scenario.ts';

export default defineScenario({
  name: 'all-reduce-16',
  cluster: {
    nodes: 16,
    host: { speed: '2 GFLOP/s', memory: '64 MiB', taskOverhead: '10 us' },
    network: { kind: 'star', bandwidth: '1 Gbit/s', latency: '20 us' },
  },
  model: { kind: 'mlp', layers: [784, 128, 64, 10] },
  data: { kind: 'mnist', train: 4000, test: 1000 },
  training: {
    batch: 128,
    iterations: 100,
    learningRate: 0.004,
    optimizer: 'adam',
    evaluateEvery: 25,
  },
  protocol: [
    { kind: 'all-reduce', label: 'one ring' },
    { kind: 'all-reduce', groups: 4, label: 'four groups' },
    { kind: 'all-reduce', overlap: { bucketBytes: '64 KiB' }, label: 'overlapped' },
  ],
  expect: [{ value: 'training.finalAccuracy', atLeast: 0.9 }],
});
