/**
 * The thousand accelerators of ring-1k-cost under one parameter server, by their costs alone: 1,023 gradients of
 * 2.8 GB a step into one NIC. The incast is the whole story. No host has a memory limit here: look at what the
 * server would need to hold the gradients that have come and wait to be summed in worker order.
 */
import { defineScenario } from './scenario.ts';

export default defineScenario({
  name: 'ps-1k-cost',
  cluster: {
    nodes: 1024,
    host: { speed: '10 TFLOP/s', taskOverhead: '10 us' },
    network: { kind: 'star', bandwidth: '100 Gbit/s', latency: '5 us' },
  },
  model: { kind: 'mlp', layers: [8192, 16384, 16384, 16384, 1000] },
  training: {
    batch: 4096,
    microBatches: 1,
    iterations: 10,
    optimizer: 'adam',
    numerics: 'cost',
  },
  protocol: { kind: 'ps-bsp' },
  expect: [
    { value: 'training.iterations', atLeast: 10, atMost: 10 },
    // The server: terabytes of gradients in waiting, and hardly any work beside the waiting.
    { value: 'memory.peakBytesMax', atLeast: 1e12 },
    { value: 'accountingByRole.server.busy.mean', atMost: 0.01 },
  ],
});
