/**
 * The sixty-four nodes of ring-64, one of which crashes in the middle of the run and comes back with nothing in its
 * memory. Its successor holds a replica, so the others share its neurons out, do one iteration again and go on, and
 * take it in when it is back. The weights end up bit for bit those of the run without the crash: nothing that was
 * learned is lost, and nothing is learned twice. What it costs is time and memory: see `redo`, and the replicas.
 */
import { defineScenario } from './scenario.ts';

export default defineScenario({
  name: 'ring-64-crash',
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
    iterations: 40,
    learningRate: 0.004,
    optimizer: 'adam',
    evaluateEvery: 0,
  },
  protocol: { kind: 'ring-tmp', replicas: 1 },
  faults: [{ at: '300 ms', kind: 'crash', node: 20, for: '100 ms' }],
  expect: [
    { value: 'training.finalAccuracy', atLeast: 0.9 },
    { value: 'training.iterations', atLeast: 40, atMost: 40 },
    // Nothing is lost, and nothing learned twice: the weights are those of the run without the crash.
    { value: 'resilience.weightsEqualToFaultless', atLeast: 1 },
    { value: 'resilience.lost.count', atMost: 0 },
    // One iteration at the most is done again, for the crash; for the return, nothing.
    { value: 'resilience.recoveries', atLeast: 2, atMost: 2 },
    { value: 'resilience.redoneSamples', atMost: 256 },
    { value: 'resilience.slowdown', atMost: 1.1 },
  ],
});
