/**
 * Every family on the same work: 256 nodes of a star learn the same small data from the same batches, and stop at 95 %
 * accuracy. The last table has a row a run. Rings go through all nodes, pipelines are sixteen of sixteen nodes each, and
 * sixteen servers serve 240 workers. The batch is small for so many nodes, as it is when work is spread as far as it
 * goes: long pipelines wait to fill, servers for their NICs, and sums of all nodes cost little beside either.
 */
import { defineScenario } from './scenario.ts';

export default defineScenario({
  name: 'families-256',
  cluster: {
    nodes: 256,
    host: { speed: '2 GFLOP/s', memory: '128 MiB', taskOverhead: '10 us' },
    network: { kind: 'star', bandwidth: '10 Gbit/s', latency: '5 us' },
  },
  model: { kind: 'mlp', layers: [16, 128, 128, 10] },
  data: { kind: 'synthetic', train: 8000, test: 1000 },
  training: {
    batch: 256,
    microBatches: 32,
    iterations: 60,
    learningRate: 0.3,
    evaluateEvery: 1,
  },
  stop: { accuracy: 0.95 },
  protocol: [
    { kind: 'ring-tmp' },
    { kind: 'ring-tmp', mode: '2bw' },
    { kind: 'gpipe', dataParallel: 16 },
    { kind: '1f1b', dataParallel: 16 },
    { kind: 'interleaved-1f1b', dataParallel: 16 },
    { kind: 'zb1p', dataParallel: 16 },
    { kind: 'dualpipe-v', dataParallel: 16 },
    { kind: 'ps', servers: 16 },
    { kind: 'ps', servers: 16, consistency: { ssp: 3 } },
    { kind: 'ps', servers: 16, consistency: 'asp' },
    { kind: 'all-reduce', groups: 16 },
    { kind: 'local-sgd' },
  ],
  expect: [
    // All learn it; those without delays by the same steps, so after equally many samples.
    { value: 'training.target.samples', atMost: 15_360 },
    ...['1f1b', 'ps/bsp/16-servers', 'all-reduce'].map((of) => ({
      of,
      value: 'training.target.samples',
      atLeast: { of: 'ring-tmp' },
      atMost: { of: 'ring-tmp' },
    })),
    // What no run without a flush holds more of.
    { of: 'ring-tmp/2bw', value: 'staleness.max', atMost: 1 },
    // The ring has the smallest part of the model a node, and is the slowest to go round.
    {
      of: 'ring-tmp',
      value: 'memory.items.weights',
      atMost: { of: 'all-reduce', times: 0.05 },
    },
    { of: 'all-reduce', value: 'training.iterationSeconds', atMost: { of: 'ring-tmp' } },
  ],
});
