/**
 * Sixty-four small nodes in a ring learn to read digits. No node could be called a server: each holds a run of
 * neurons, activations go clockwise, gradients come back, and the weights end up bit for bit those of one node
 * that does it all by itself. Sixteen micro-batches for sixty-four stages leave most of each iteration to filling
 * and draining the pipeline: look at `idle`, and at what `--set training.microBatches=64` does to it.
 */
import { defineScenario } from './scenario.ts';

export default defineScenario({
  name: 'ring-64',
  cluster: {
    nodes: 64,
    host: { speed: '2 GFLOP/s', memory: '128 MiB', taskOverhead: '10 us' },
    network: { kind: 'ring', bandwidth: '10 Gbit/s', latency: '5 us' },
  },
  model: { kind: 'mlp', layers: [784, 256, 128, 10] },
  data: { kind: 'mnist', train: 8000, test: 2000 },
  training: {
    batch: 256,
    microBatches: 16,
    iterations: 100,
    learningRate: 0.005,
    optimizer: 'adam',
    evaluateEvery: 25,
  },
  protocol: { kind: 'ring-tmp' },
  expect: [
    { value: 'training.finalAccuracy', atLeast: 0.95 },
    { value: 'training.iterations', atLeast: 100, atMost: 100 },
  ],
});
