/**
 * The work of ring-64 under a parameter server: sixty-three workers hold the whole model each, one server sums
 * their gradients and hands out new weights, all on a star of equal NICs. Look at the server's ingress, which
 * every gradient must squeeze through while the workers wait.
 */
import { defineScenario } from './scenario.ts';

export default defineScenario({
  name: 'ps-64',
  cluster: {
    nodes: 64,
    host: { speed: '2 GFLOP/s', memory: '128 MiB', taskOverhead: '10 us' },
    network: { kind: 'star', bandwidth: '10 Gbit/s', latency: '5 us' },
  },
  model: { kind: 'mlp', layers: [784, 256, 128, 10] },
  data: { kind: 'mnist', train: 8000, test: 2000 },
  training: {
    batch: 256,
    iterations: 100,
    learningRate: 0.005,
    optimizer: 'adam',
    evaluateEvery: 25,
  },
  protocol: { kind: 'ps-bsp' },
  expect: [
    { value: 'training.finalAccuracy', atLeast: 0.95 },
    { value: 'training.iterations', atLeast: 100, atMost: 100 },
  ],
});
