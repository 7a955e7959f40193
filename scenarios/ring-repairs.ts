/**
 * Two ways to mend the same ring. Three of its nodes crash in the middle of an iteration, one after another, and come
 * back. With `abort` all go back to the last version that every part of the model can be served at, and do the iteration
 * again; with `log` those who live stay where they are, and the heir of the dead alone goes through its share again, on
 * what its neighbours have kept of what they sent. Both end with the very weights of a run in which nothing failed. The
 * logs save work, nine tenths of what would be done again, and cost memory; in time the two are about even.
 */
import { defineScenario } from './scenario.ts';

export default defineScenario({
  name: 'ring-repairs',
  cluster: {
    nodes: 16,
    host: { speed: '1 GFLOP/s', memory: '256 MiB', taskOverhead: '10 us' },
    network: { kind: 'ring', bandwidth: '10 Gbit/s', latency: '5 us' },
  },
  model: { kind: 'mlp', layers: [784, 256, 128, 10] },
  data: { kind: 'mnist', train: 8000, test: 2000 },
  training: {
    batch: 512,
    microBatches: 32,
    iterations: 12,
    learningRate: 0.004,
    optimizer: 'adam',
    evaluateEvery: 0,
  },
  protocol: [
    { kind: 'ring-tmp', label: 'abort', replicas: 1, repair: 'abort' },
    { kind: 'ring-tmp', label: 'log', replicas: 1, repair: 'log' },
  ],
  faults: [
    { at: '150 ms', kind: 'crash', node: 5, for: '80 ms' },
    { at: '330 ms', kind: 'crash', node: 0, for: '80 ms' },
    { at: '510 ms', kind: 'crash', node: 15, for: '80 ms' },
  ],
  detector: { heartbeat: '1 ms', misses: 3 },
  expect: [
    { value: 'training.iterations', atLeast: 12, atMost: 12 },
    { value: 'resilience.weightsEqualToFaultless', atLeast: 1 },
    { value: 'resilience.lost.count', atMost: 0 },
    { value: 'resilience.recovered', atLeast: 3 },
    // With the logs a fraction of the work is done again.
    { of: 'log', value: 'accounting.redo.mean', atMost: { of: 'abort', times: 0.25 } },
    // It hardly saves time: all wait for the heir, who goes through a whole share of an iteration with two to carry.
    { of: 'log', value: 'time.modelledSeconds', atMost: { of: 'abort', times: 1.02 } },
    { of: 'abort', value: 'time.modelledSeconds', atMost: { of: 'log', times: 1.02 } },
    // The logs are paid for in memory: here they take more than the previous weights, which `log` does without.
    { of: 'abort', value: 'memory.peakBytesMax', atMost: { of: 'log' } },
  ],
});
