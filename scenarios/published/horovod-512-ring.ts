/** Horovod on 512 GPUs again, summed over a ring as it does it: what is left of linear scaling. */
import type { Model, Scenario } from '../scenario.ts';
import { inceptionV3 } from './models/inception-v3.ts';
import { resNet101 } from './models/resnet101.ts';
import { atRate, definePublished, type Cell } from './published.ts';
import vgg16 from './vgg16.json' with { type: 'json' };

const SERVERS = 128;
const GPUS = 4;
const BATCH = 64;
const MEBIBYTE = 2 ** 20;
const WIRE_BYTES_PER_SECOND = 25e9 / 8;

/** Of a P100, as in horovod-512. */
const P100 = { flops: 9.3e12, memory: 732e9 };

/** A server is a node as fast as its GPUs together. */
const cluster = (name: string, model: Model, one: number): Scenario => ({
  name: `horovod-ring-${name}`,
  cluster: {
    nodes: SERVERS,
    host: { speed: '1 TFLOP/s', taskOverhead: 0 },
    network: { kind: 'star', bandwidth: '25 Gbit/s', latency: '5 us' },
  },
  model: atRate(model, GPUS * one),
  training: { batch: SERVERS * GPUS * BATCH, iterations: 3, numerics: 'cost' },
  protocol: { kind: 'all-reduce', overlap: { bucketBytes: 64 * MEBIBYTE } },
});

const cell = (name: string, model: Model, one: number, published: number, why?: string): Cell => ({
  ...{ name, published, why },
  predict: async (rate) => (100 * (await rate(cluster(name, model, one)))) / (SERVERS * GPUS * one),
});

/** What is left where all that a ring sends passes the wires beside the backward pass, from its beginning on. */
function besideIt(model: Model, one: number): { wireMs: number; passesMs: number; left: number } {
  const { layers } = model as Extract<Model, { kind: 'costs' }>;
  const sum = (of: (layer: (typeof layers)[number]) => number) =>
    layers.reduce((total, layer) => total + of(layer), 0);
  const forward = sum(({ forwardSeconds }) => Number(forwardSeconds));
  const passesMs = (1000 * BATCH) / one;
  const share = forward / (forward + sum(({ backwardSeconds }) => Number(backwardSeconds)));
  const hops = (2 * (SERVERS - 1)) / SERVERS;
  const wireMs = (1000 * hops * 4 * sum(({ parameters }) => parameters)) / WIRE_BYTES_PER_SECOND;
  return { wireMs, passesMs, left: passesMs / (share * passesMs + wireMs) };
}
const vgg = besideIt(vgg16 as Model, 154);

export default definePublished({
  source: 'Horovod, docs/benchmarks.rst',
  unit: '% of linear scaling from one GPU to 512',
  setUp:
    '128 servers with 4 Pascal GPUs and RoCE of 25 Gbit/s each, ring all-reduce, batch 64 a GPU',
  assumed: [
    'rates and layers as in horovod-512',
    'tensors are fused into buckets of 64 MiB, as by default, and summed one bucket beside the others',
    'the GPUs of a server add up in no time; the wire carries its nominal 25 Gbit/s',
  ],
  fitted: null,
  within: 0.08,
  cells: [
    cell('Inception-V3', inceptionV3(), 142, 90),
    cell('ResNet-101', resNet101(P100), 103.6, 90),
    cell(
      'VGG-16',
      vgg16 as Model,
      154,
      68,
      `a sum makes one of its ${2 * (SERVERS - 1)} hops for each job of the backward pass, since a node of this program takes messages between jobs only; so hardly any of it is hidden, where a GPU adds beside its passes. With its ${vgg.wireMs.toFixed(0)} ms on the wire begun as soon as the backward pass is (both passes take ${vgg.passesMs.toFixed(0)} ms) it would be ${(100 * vgg.left).toFixed(1)}: what was measured lies between the two`,
    ),
  ],
});
