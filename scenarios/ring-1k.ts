/**
 * A thousand and twenty-four nodes that really train: 1,546 neurons, one or two a node. It shows that exactness
 * survives any cut, and what a ring of that length costs: most of a step is the way round.
 */
import { defineScenario } from './scenario.ts';

export default defineScenario({
  name: 'ring-1k',
  cluster: {
    nodes: 1024,
    host: { speed: '2 GFLOP/s', memory: '64 MiB', taskOverhead: '2 us' },
    network: { kind: 'ring', bandwidth: '10 Gbit/s', latency: '1 us' },
  },
  model: { kind: 'mlp', layers: [784, 1024, 512, 10] },
  data: { kind: 'mnist', train: 2000, test: 1000 },
  training: {
    batch: 128,
    microBatches: 4,
    iterations: 15,
    learningRate: 0.002,
    optimizer: 'adam',
  },
  protocol: { kind: 'ring-tmp' },
  expect: [{ value: 'training.finalAccuracy', atLeast: 0.8 }],
});
