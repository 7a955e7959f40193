/**
 * A thousand accelerators in a ring, by their costs alone: the node logic, messages and memory of a real run, and
 * not one number multiplied. The model, 0.7 billion parameters, is wide enough that each node holds a run of some
 * fifty neurons. Over a million messages: the speed of the simulator shows here.
 */
import { defineScenario } from './scenario.ts';

export default defineScenario({
  name: 'ring-1k-cost',
  cluster: {
    nodes: 1024,
    host: { speed: '10 TFLOP/s', memory: '16 GiB', taskOverhead: '10 us' },
    network: { kind: 'ring', bandwidth: '100 Gbit/s', latency: '5 us' },
  },
  model: { kind: 'mlp', layers: [8192, 16384, 16384, 16384, 1000] },
  training: {
    batch: 4096,
    microBatches: 128,
    iterations: 4,
    optimizer: 'adam',
    numerics: 'cost',
  },
  protocol: { kind: 'ring-tmp' },
  expect: [
    { value: 'training.iterations', atLeast: 4, atMost: 4 },
    // No node needs more than a thousandth of the model and what is in flight.
    { value: 'memory.peakBytesMax', atMost: 1e9 },
  ],
});
