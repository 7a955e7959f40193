/**
 * Sixteen nodes on a slow network, where a sum of all gradients takes longer than the gradients do: all-reduce after
 * every step, and local SGD, which averages weights after every eighth alone, plainly or by an outer step (DiLoCo).
 * Look at the time of a step and the bytes a node, and at what fewer averages cost in accuracy.
 */
import { defineScenario } from './scenario.ts';

export default defineScenario({
  name: 'local-sgd-16',
  cluster: {
    nodes: 16,
    host: { speed: '2 GFLOP/s', memory: '64 MiB', taskOverhead: '10 us' },
    network: { kind: 'star', bandwidth: '100 Mbit/s', latency: '1 ms' },
  },
  model: { kind: 'mlp', layers: [784, 64, 10] },
  data: { kind: 'mnist', train: 4000, test: 1000 },
  training: { batch: 256, iterations: 80, learningRate: 0.2, evaluateEvery: 16 },
  protocol: [
    { kind: 'all-reduce' },
    { kind: 'local-sgd', localSteps: 8, label: 'averages' },
    { kind: 'local-sgd', localSteps: 8, outer: 'nesterov', label: 'DiLoCo' },
  ],
  expect: [
    { value: 'training.finalAccuracy', atLeast: 0.8 },
    ...['averages', 'DiLoCo'].map((of) => ({
      of,
      value: 'network.bytesPerNodeMax',
      atMost: { of: 'all-reduce', times: 0.2 },
    })),
  ],
});
