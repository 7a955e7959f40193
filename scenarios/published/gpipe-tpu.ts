/** GPipe on TPUs: what more stages bring, with many micro-batches. */
import type { Scenario } from '../scenario.ts';
import { definePublished, equalLayers } from './published.ts';

const SEQUENCE = 1024;
const WIDTH = 2048;
const HIDDEN = 8192;
const PARAMETERS = 4 * WIDTH ** 2 + 2 * WIDTH * HIDDEN;

const transformer = (stages: number, microBatches: number): Scenario => ({
  name: `gpipe-transformer-48-k${stages}-m${microBatches}`,
  cluster: {
    nodes: stages,
    host: { speed: '50 TFLOP/s', taskOverhead: 0 },
    network: { kind: 'star', bandwidth: '70 GB/s', latency: '2 us' },
  },
  model: equalLayers(48, {
    forwardFlops: 2 * SEQUENCE * PARAMETERS + 4 * SEQUENCE ** 2 * WIDTH,
    parameters: PARAMETERS,
    outputElements: SEQUENCE * WIDTH,
  }),
  training: { batch: 32, microBatches, iterations: 10, numerics: 'cost' },
  protocol: { kind: 'gpipe', recompute: 'all' },
});

const cell = (stages: number, published: number) => ({
  name: `K = ${stages}, M = 32`,
  published,
  predict: async (rate: (scenario: Scenario) => Promise<number>) =>
    (await rate(transformer(stages, 32))) / (await rate(transformer(2, 1))),
});

export default definePublished({
  source: 'Huang et al., GPipe (NeurIPS 2019), table 2, Transformer-48',
  unit: 'throughput over that of K = 2, M = 1',
  setUp: '48 equal layers on K accelerators of a TPU, M micro-batches, activations computed again',
  assumed: [
    'layers of width 2048 with 8192 hidden units and sequences of 1024, as elsewhere in the paper; a batch of 32',
    '50 TFLOP/s reached, and 70 GB/s between neighbours: both cancel out as long as wires are hidden',
    'embedding and softmax cost nothing, a micro-batch of 1 is as efficient as one of 32',
  ],
  fitted: null,
  within: 0.09,
  cells: [cell(2, 1.8), cell(4, 3.4), cell(8, 6.3)],
});
