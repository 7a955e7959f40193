/** A scenario so small that a run of it takes milliseconds; tests change what they are about. */
import type { Scenario } from '../../../scenarios/scenario.ts';

export function tinyScenario(): Scenario {
  return {
    name: 'tiny',
    cluster: {
      nodes: 3,
      host: { speed: '1 GFLOP/s', memory: '64 MiB', taskOverhead: '10 us' },
      network: { kind: 'ring', bandwidth: '10 Gbit/s', latency: '25 us' },
    },
    model: { kind: 'mlp', layers: [6, 5, 4] },
    data: { kind: 'synthetic', train: 64, test: 16 },
    training: { batch: 8, microBatches: 2, iterations: 4, evaluateEvery: 2 },
    protocol: { kind: 'ring-tmp' },
    expect: [{ value: 'training.iterations', atLeast: 4 }],
  };
}
