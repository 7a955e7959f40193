/**
 * Six pipelines on real data: the same model, batches and bits, in six orders. With several chunks a node, or weight
 * gradients apart, less time is idle than under 1F1B; two pipelines of four nodes each pay for sums of gradients instead.
 */
import { defineScenario } from './scenario.ts';

export default defineScenario({
  name: 'pipelines-8',
  cluster: {
    nodes: 8,
    host: { speed: '2 GFLOP/s', memory: '64 MiB', taskOverhead: '1 us' },
    network: { kind: 'ring', bandwidth: '100 Gbit/s', latency: '1 us' },
  },
  model: { kind: 'mlp', layers: [784, 128, 128, 128, 128, 10] },
  data: { kind: 'mnist', train: 2000, test: 500 },
  training: {
    batch: 128,
    microBatches: 16,
    iterations: 50,
    learningRate: 0.004,
    optimizer: 'adam',
    evaluateEvery: 25,
  },
  protocol: [
    { kind: 'gpipe' },
    { kind: '1f1b' },
    { kind: 'interleaved-1f1b', chunks: 2, label: 'interleaved-2' },
    { kind: 'zb1p' },
    { kind: 'dualpipe-v', overlap: 0.5 },
    { kind: '1f1b', dataParallel: 2, label: '2 x 1f1b' },
  ],
  expect: [
    { value: 'training.finalAccuracy', atLeast: 0.8 },
    { of: 'interleaved-2', value: 'accounting.idle.mean', atMost: { of: '1f1b' } },
    { of: 'zb1p', value: 'accounting.idle.mean', atMost: { of: '1f1b' } },
  ],
});
