/**
 * A ring of eight, one node of which becomes three times slower in mid-run: it sets the pace of all from then on. With
 * `balance` the others take work from it at the boundary of an iteration, as soon as its load has been measured: look at
 * the rates of the two, and at how many blocks moved. The weights are the same bit for bit.
 */
import { defineScenario } from './scenario.ts';

export default defineScenario({
  name: 'ring-slow-node-8',
  cluster: {
    nodes: 8,
    host: { speed: '2 GFLOP/s', memory: '64 MiB', taskOverhead: '1 us' },
    network: { kind: 'ring', bandwidth: '100 Gbit/s', latency: '1 us' },
  },
  model: { kind: 'mlp', layers: [784, 64, 64, 10] },
  data: { kind: 'mnist', train: 4000, test: 1000 },
  training: { batch: 128, microBatches: 16, iterations: 100, learningRate: 0.1, evaluateEvery: 25 },
  protocol: [
    { kind: 'ring-tmp', label: 'as planned' },
    { kind: 'ring-tmp', balance: {}, label: 'balanced' },
  ],
  faults: [{ at: '60 ms', kind: 'slow', node: 3, factor: 3 }],
  expect: [
    { value: 'training.finalAccuracy', atLeast: 0.8 },
    { value: 'resilience.weightsEqualToFaultless', atLeast: 1 },
    { of: 'as planned', value: 'moved.blocks', atMost: 0 },
    { of: 'balanced', value: 'moved.times', atLeast: 1, atMost: 2 },
    { of: 'balanced', value: 'moved.blocksPer100Iterations', atMost: 30 },
    { of: 'balanced', value: 'training.iterationSeconds', atMost: { of: 'as planned' } },
  ],
});
