/**
 * One parameter server program, five ways to be consistent: fifteen workers, one of them three times slower, learn
 * digits from one server. Look at what waiting for the slow one costs, and what not waiting costs in staleness: bulk
 * synchronous updates wait for all, or for all but a backup; stale synchronous ones for nobody nearer than three clocks.
 * Under Downpour workers step by themselves, and fetch and push less often.
 */
import { defineScenario } from './scenario.ts';

const host = { memory: '64 MiB', taskOverhead: '10 us' };

export default defineScenario({
  name: 'ps-consistency-16',
  cluster: {
    nodes: 16,
    hosts: [
      { ...host, count: 1, speed: '200 MFLOP/s' },
      { ...host, count: 15, speed: '600 MFLOP/s' },
    ],
    network: { kind: 'star', bandwidth: '10 Gbit/s', latency: '5 us' },
  },
  model: { kind: 'mlp', layers: [784, 64, 10] },
  data: { kind: 'mnist', train: 4000, test: 1000 },
  training: { batch: 256, iterations: 80, learningRate: 0.2, evaluateEvery: 20 },
  protocol: [
    { kind: 'ps', consistency: 'bsp' },
    { kind: 'ps', consistency: 'bsp', backupWorkers: 1 },
    { kind: 'ps', consistency: { ssp: 3 } },
    { kind: 'ps', consistency: 'asp' },
    { kind: 'ps', consistency: 'asp', downpour: { fetch: 4, push: 2 }, label: 'Downpour' },
  ],
  expect: [
    { value: 'training.finalAccuracy', atLeast: 0.8 },
    ...['ps/bsp/1-backup', 'ps/asp'].map((of) => ({
      of,
      value: 'time.modelledSeconds',
      atMost: { of: 'ps/bsp' },
    })),
    {
      of: 'Downpour',
      value: 'network.bytesPerNodeMax',
      atMost: { of: 'ps/asp' },
    },
  ],
});
