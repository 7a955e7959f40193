/** GPipe on GPUs without fast links: what more stages bring where all goes over PCIe. */
import type { Model, Scenario } from '../scenario.ts';
import { definePublished, equalLayers } from './published.ts';

const SEQUENCE = 1024;
const WIDTH = 2048;
const PARAMETERS = 4 * WIDTH ** 2 + 2 * WIDTH * 8192;

const transformer = equalLayers(24, {
  forwardFlops: 2 * SEQUENCE * PARAMETERS + 4 * SEQUENCE ** 2 * WIDTH,
  parameters: PARAMETERS,
  outputElements: SEQUENCE * WIDTH,
});

/** Filters double where the resolution halves, so that all cells cost alike. A cell hands on two tensors. */
const amoebaNet = equalLayers(18, {
  forwardFlops: 1e9,
  parameters: 5e6,
  outputElements: 2 * 28 * 28 * 512,
});

const scenario = (name: string, model: Model, stages: number): Scenario => ({
  name: `gpipe-${name}-k${stages}`,
  cluster: {
    nodes: stages,
    host: { speed: '5 TFLOP/s', taskOverhead: '10 us' },
    network: { kind: 'star', bandwidth: '6 GB/s', latency: '10 us' },
  },
  model,
  training: { batch: 128, microBatches: 32, iterations: 10, numerics: 'cost' },
  protocol: { kind: 'gpipe', recompute: 'all' },
});

const cell = (name: string, model: Model, stages: number, published: number) => ({
  name: `${name}, K = ${stages}`,
  published,
  predict: async (rate: (scenario: Scenario) => Promise<number>) =>
    (await rate(scenario(name, model, stages))) / (await rate(scenario(name, model, 2))),
});

export default definePublished({
  source: 'Huang et al., GPipe (NeurIPS 2019), table 3',
  unit: 'throughput over that of K = 2',
  setUp: 'K Tesla P100 over PCIe without NVLink, M = 32 micro-batches, activations computed again',
  assumed: [
    'half of the 10 TFLOP/s of a P100, and 6 GB/s between two of them through the host',
    'micro-batches of 4; layers of the Transformer as in table 2',
    'AmoebaNet-D(18, 128) as 18 equal cells of 1 GFLOP that are not cut, with two tensors of 28 x 28 x 512 behind each; stem, reductions and classifier cost nothing',
  ],
  fitted: null,
  within: 0.09,
  cells: [
    cell('Transformer-24', transformer, 4, 1.8),
    cell('Transformer-24', transformer, 8, 3.3),
    cell('AmoebaNet-D-18-128', amoebaNet, 4, 1.7),
    cell('AmoebaNet-D-18-128', amoebaNet, 8, 2.7),
  ],
});
