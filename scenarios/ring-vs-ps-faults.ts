/**
 * The ring and two parameter servers under the same blows, on the same star: a host that trains crashes and comes back,
 * one is slow for a while, one in a thousand frames is lost, and at last the host of the server crashes, which in the
 * ring is a stage like any other. Each keeps one copy of its state elsewhere, and none may lose what it has learned. It
 * shows what the ring pays for having no servers: every crash stops all of it, where the workers of an asynchronous
 * server go on, and what it does not pay: the same steps cost it a fraction of the bytes.
 */
import { defineScenario } from './scenario.ts';

export default defineScenario({
  name: 'ring-vs-ps-faults',
  cluster: {
    nodes: 16,
    host: { speed: '2 GFLOP/s', memory: '128 MiB', taskOverhead: '10 us' },
    network: { kind: 'star', bandwidth: '10 Gbit/s', latency: '5 us' },
  },
  model: { kind: 'mlp', layers: [784, 128, 64, 10] },
  data: { kind: 'mnist', train: 4000, test: 1000 },
  training: {
    batch: 112,
    microBatches: 16,
    iterations: 60,
    learningRate: 0.004,
    optimizer: 'adam',
    evaluateEvery: 0,
  },
  protocol: [
    { kind: 'ring-tmp', replicas: 1 },
    { kind: 'ps-bsp', replicas: 1 },
    { kind: 'ps-asp', replicas: 1 },
  ],
  // Of the parameter servers, nodes 0 to 13 are workers, 14 the server and 15 its standby.
  faults: [
    { at: '40 ms', kind: 'crash', node: 3, for: '50 ms' },
    { at: '60 ms', kind: 'slow', node: 9, factor: 3, for: '50 ms' },
    { at: 0, kind: 'loss', probability: 0.001 },
    { at: '130 ms', kind: 'crash', node: 14, for: '20 ms' },
  ],
  detector: { heartbeat: '1 ms', misses: 3 },
  expect: [
    { value: 'training.iterations', atLeast: 60 },
    { value: 'resilience.lost.count', atMost: 0 },
    // The synchronous ones end with the very weights of a run in which nothing failed.
    { of: 'ring-tmp', value: 'training.finalAccuracy', atLeast: 0.88 },
    { of: 'ring-tmp', value: 'resilience.weightsEqualToFaultless', atLeast: 1 },
    { of: 'ps-bsp', value: 'resilience.weightsEqualToFaultless', atLeast: 1 },
    // Crashes cost the ring most, for all of it waits; it is done first all the same, with a fraction of the bytes.
    { value: 'resilience.slowdown', atMost: 1.2 },
    { of: 'ring-tmp', value: 'resilience.slowdown', atLeast: { of: 'ps-asp' } },
    { of: 'ring-tmp', value: 'time.modelledSeconds', atMost: { of: 'ps-asp', times: 0.75 } },
    { of: 'ring-tmp', value: 'network.bytesPerNodeMax', atMost: { of: 'ps-bsp', times: 0.25 } },
  ],
});
