/**
 * The ring and the parameter server side by side: the same model, data, seed and samples, the same sixty-four
 * hosts, and the same NIC for every node, on one star. Both take the same steps, so the question is what each
 * step costs in time, in bytes and in idle nodes, and neither is spared what it does badly: the ring must fill and
 * drain its pipeline, the server must take in sixty-three gradients through one NIC.
 */
import { defineScenario } from './scenario.ts';

export default defineScenario({
  name: 'ring-vs-ps',
  cluster: {
    nodes: 64,
    host: { speed: '2 GFLOP/s', memory: '128 MiB', taskOverhead: '10 us' },
    network: { kind: 'star', bandwidth: '10 Gbit/s', latency: '5 us' },
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
  protocol: [{ kind: 'ring-tmp' }, { kind: 'ps-bsp' }],
  expect: [
    // The same progress: as many samples, and losses that differ by rounding alone.
    {
      of: 'ring-tmp',
      value: 'training.samples',
      atLeast: { of: 'ps-bsp' },
      atMost: { of: 'ps-bsp' },
    },
    {
      of: 'ring-tmp',
      value: 'training.finalLoss',
      atLeast: { of: 'ps-bsp', times: 0.95 },
      atMost: { of: 'ps-bsp', times: 1.05 },
    },
    // The ring is done earlier, waits less, and asks less of any one NIC and of any one memory.
    { of: 'ring-tmp', value: 'time.modelledSeconds', atMost: { of: 'ps-bsp', times: 0.25 } },
    { of: 'ring-tmp', value: 'waiting.mean', atMost: { of: 'ps-bsp' } },
    { of: 'ring-tmp', value: 'network.bytesPerNodeMax', atMost: { of: 'ps-bsp', times: 0.25 } },
    { of: 'ring-tmp', value: 'memory.peakBytesMax', atMost: { of: 'ps-bsp', times: 0.1 } },
    // The server's wait is not its workers': all it does is receive.
    { of: 'ps-bsp', value: 'accountingByRole.server.idle.mean', atMost: 0.05 },
  ],
});
