/**
 * What copies of a ring's parts buy, and what they cost. The same nodes crash under one, two and three replicas and under
 * none: first one alone, then two neighbours at once, then three. With as many replicas as neighbours are lost the ring
 * goes back by one iteration at the most; with fewer it begins again from the last checkpoint, and does all since then
 * again. Each replica is paid for in memory, and in bytes that go round. All end with the very weights of a run in which
 * nothing failed.
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
    batch: 256,
    microBatches: 16,
    iterations: 16,
    learningRate: 0.004,
    optimizer: 'adam',
    evaluateEvery: 0,
  },
  protocol: [
    { kind: 'ring-tmp', label: 'none', replicas: 0 },
    { kind: 'ring-tmp', label: 'one', replicas: 1 },
    { kind: 'ring-tmp', label: 'two', replicas: 2 },
    { kind: 'ring-tmp', label: 'three', replicas: 3 },
  ],
  faults: [
    { at: '190 ms', kind: 'crash', node: 5, for: '40 ms' },
    { at: '350 ms', kind: 'crash', nodes: [8, 9], for: '40 ms' },
    { at: '500 ms', kind: 'crash', nodes: [12, 13, 14], for: '40 ms' },
  ],
  detector: { heartbeat: '1 ms', misses: 3 },
  checkpoint: { every: 4, to: { bandwidth: '100 MB/s', latency: '1 ms' } },
  expect: [
    { value: 'training.iterations', atLeast: 16, atMost: 16 },
    { value: 'resilience.weightsEqualToFaultless', atLeast: 1 },
    { value: 'resilience.recovered', atLeast: 3 },
    // Each replica more outlives a neighbour more, and spares a restart.
    { of: 'none', value: 'resilience.restarts', atLeast: 3, atMost: 3 },
    { of: 'one', value: 'resilience.restarts', atLeast: 2, atMost: 2 },
    { of: 'two', value: 'resilience.restarts', atLeast: 1, atMost: 1 },
    { of: 'three', value: 'resilience.restarts', atMost: 0 },
    { of: 'three', value: 'resilience.lost.count', atMost: 0 },
    // A restart is paid for in time: all that came since the checkpoint is done again.
    { of: 'none', value: 'time.modelledSeconds', atLeast: { of: 'one', times: 1.1 } },
    { of: 'one', value: 'time.modelledSeconds', atLeast: { of: 'two', times: 1.1 } },
    { of: 'two', value: 'time.modelledSeconds', atLeast: { of: 'three', times: 1.1 } },
    // A replica is paid for in memory all the time.
    { of: 'one', value: 'memory.peakBytesMax', atLeast: { of: 'none', times: 1.2 } },
    { of: 'two', value: 'memory.peakBytesMax', atLeast: { of: 'one', times: 1.2 } },
    { of: 'three', value: 'memory.peakBytesMax', atLeast: { of: 'two', times: 1.2 } },
  ],
});
