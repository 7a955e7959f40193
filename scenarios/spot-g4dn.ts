/**
 * A working day of spot instances as a provider gave and took them: never more than 24, at times seven. A deep model on a
 * ring, cost only, goes on over whoever is there, and from its last checkpoint where a part of it is lost. The whole day is
 * some 4,000 iterations: `--set training.iterations=4000`.
 */
import { defineScenario } from './scenario.ts';

export default defineScenario({
  name: 'spot-g4dn',
  cluster: {
    nodes: 24,
    host: { speed: '8 TFLOP/s', memory: '16 GiB' },
    network: { kind: 'star', bandwidth: '10 Gbit/s', latency: '50 us' },
  },
  model: {
    kind: 'costs',
    inputElements: 1000,
    layers: [
      {
        name: 'block',
        repeat: 96,
        forwardFlops: 2e9,
        backwardFlops: 4e9,
        parameters: 2e6,
        outputElements: 100_000,
      },
    ],
  },
  training: {
    batch: 1024,
    microBatches: 128,
    iterations: 200,
    learningRate: 0.1,
    numerics: 'cost',
  },
  protocol: { kind: 'ring-tmp', replicas: 2 },
  faults: [{ trace: 'spot-g4dn.csv' }],
  detector: { heartbeat: '1 s', misses: 5 },
  checkpoint: { every: 10, to: { bandwidth: '1 GB/s', latency: '1 ms' } },
  expect: [
    { value: 'training.iterations', atLeast: 200, atMost: 200 },
    { value: 'resilience.strikes', atLeast: 25 },
  ],
});
