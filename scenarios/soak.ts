/**
 * What `npm run soak` strikes and kills, over and over: a small synchronous ring that keeps replicas and checkpoints. Look
 * at its weights, which are those of the run that nothing happens to.
 */
import { defineScenario } from './scenario.ts';

export default defineScenario({
  name: 'soak',
  seed: 4,
  cluster: {
    nodes: 4,
    host: { speed: '1 GFLOP/s' },
    network: { kind: 'star', bandwidth: '1 Gbit/s', latency: '20 us' },
  },
  model: { kind: 'mlp', layers: [12, 16, 16, 8, 4] },
  data: { kind: 'synthetic', train: 80, test: 20 },
  training: { batch: 16, microBatches: 4, iterations: 200, learningRate: 0.05 },
  protocol: { kind: 'ring-tmp', replicas: 1 },
  detector: {},
  checkpoint: { every: 20, to: { bandwidth: '1 GB/s', latency: '1 ms' } },
  expect: [{ value: 'training.iterations', atLeast: 200, atMost: 200 }],
});
