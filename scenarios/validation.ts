/**
 * What `npm run validate` predicts and then runs for real: one job under several protocols. Look at how far off each
 * prediction is.
 */
import { defineScenario } from './scenario.ts';

export default defineScenario({
  name: 'validation',
  cluster: {
    nodes: 2,
    host: { speed: '2 GFLOP/s' }, // what is measured takes its place, and that of the network
    network: { kind: 'star', bandwidth: '10 Gbit/s', latency: '5 us', sharing: 'fifo' },
  },
  model: { kind: 'mlp', layers: [784, 256, 128, 10] },
  data: { kind: 'mnist', train: 4000, test: 1000 },
  training: { batch: 960, microBatches: 8, iterations: 60, learningRate: 0.05 },
  protocol: [
    { kind: 'ring-tmp' },
    { kind: 'ring-tmp', mode: '2bw' },
    { kind: 'ps', consistency: 'bsp' },
    { kind: 'ps', consistency: { ssp: 2 } },
    { kind: 'ps', consistency: 'asp' },
    { kind: 'all-reduce' },
  ],
  expect: [{ value: 'training.iterations', atLeast: 60, atMost: 60 }],
});
