/** torchgpipe's ResNet-101: pipelines of one to eight GPUs against the same model on one. */
import type { Scenario } from '../scenario.ts';
import { resNet101 } from './models/resnet101.ts';
import { definePublished, type Cell } from './published.ts';

/** What convolutions reach on a P40, fitted to the 95.9 samples/s of the model on one GPU. */
const CONVOLUTION_FLOPS = 6.12e12;
const model = resNet101({ flops: CONVOLUTION_FLOPS, memory: 346e9 });

const cluster = (nodes: number): Scenario['cluster'] => ({
  nodes,
  host: { speed: '1 TFLOP/s', taskOverhead: '20 us' },
  network: { kind: 'star', bandwidth: '10 GB/s', latency: '10 us' },
});

const alone: Scenario = {
  name: 'resnet-101-alone',
  cluster: cluster(1),
  model,
  training: { batch: 118, iterations: 10, numerics: 'cost' },
  protocol: { kind: 'seq-sgd' },
};

/** Batch, micro-batches and modules of each stage as in the authors' program. */
function pipeline(batch: number, microBatches: number, balance: readonly number[]): Scenario {
  const bounds = [0];
  for (const modules of balance) bounds.push(bounds[bounds.length - 1] + modules);
  return {
    name: `resnet-101-pipeline-${balance.length}`,
    cluster: cluster(balance.length),
    model: { ...model, bounds },
    training: { batch, microBatches, iterations: 10, numerics: 'cost' },
    protocol: { kind: 'gpipe', recompute: 'except-last' },
  };
}

const cell = (published: number, scenario: Scenario): Cell => ({
  name: `pipeline-${scenario.cluster.nodes}`,
  published,
  predict: async (rate) => (await rate(scenario)) / (await rate(alone)),
});

export default definePublished({
  source: 'torchgpipe, docs/benchmarks.rst and benchmarks/resnet101-speed/main.py',
  unit: 'throughput over that of the model on one GPU',
  setUp:
    'ResNet-101 on 1, 2, 4 and 8 Tesla P40, cut as in the program, in 2, 1667, 256 and 150 micro-batches; activations computed again but for the last micro-batch',
  assumed: [
    'a roofline for each of the 370 modules: convolutions by their operations, all else by bytes at the 346 GB/s of a P40',
    '10 GB/s between two GPUs over PCIe, 20 us to start a pass',
    'micro-batches of 15 are as efficient as batches of 118',
  ],
  fitted:
    'the FLOP/s that convolutions reach, 6.12 TFLOP/s, to the 95.9 samples/s of the model on one GPU, which is no cell',
  within: 0.1,
  cells: [
    cell(0.853, pipeline(220, 2, [370])),
    cell(1.414, pipeline(25_005, 1667, [135, 235])),
    cell(2.774, pipeline(5632, 256, [44, 92, 124, 110])),
    cell(4.294, pipeline(5400, 150, [26, 22, 33, 44, 44, 66, 66, 69])),
  ],
});
