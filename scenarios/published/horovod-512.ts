/** Horovod on 512 GPUs: what is left of linear scaling. */
import type { Model, Scenario } from '../scenario.ts';
import { inceptionV3 } from './models/inception-v3.ts';
import { resNet101 } from './models/resnet101.ts';
import { atRate, definePublished, type Cell } from './published.ts';
import vgg16 from './vgg16.json' with { type: 'json' };

const SERVERS = 128;
const GPUS = 4;
const BATCH = 64;

/** Of a P100, as in resNet101; only their ratio counts. */
const P100 = { flops: 9.3e12, memory: 732e9 };

/** A server is a worker as fast as its GPUs together, with the server of a shard beside it. */
const cluster = (name: string, model: Model, one: number): Scenario => ({
  name: `horovod-${name}`,
  cluster: {
    nodes: SERVERS,
    host: { speed: '1 TFLOP/s', taskOverhead: 0 },
    network: { kind: 'star', bandwidth: '25 Gbit/s', latency: '5 us' },
  },
  model: atRate(model, GPUS * one),
  training: { batch: SERVERS * GPUS * BATCH, iterations: 3, numerics: 'cost' },
  // A bucket of a byte: each tensor goes as soon as it is ready.
  protocol: { kind: 'ps-bsp', servers: SERVERS, place: 'beside', overlap: { bucketBytes: 1 } },
});

const cell = (name: string, model: Model, one: number, published: number): Cell => ({
  name,
  published,
  predict: async (rate) => (100 * (await rate(cluster(name, model, one)))) / (SERVERS * GPUS * one),
});

export default definePublished({
  source: 'Horovod, docs/benchmarks.rst',
  unit: '% of linear scaling from one GPU to 512',
  setUp:
    '128 servers with 4 Pascal GPUs and RoCE of 25 Gbit/s each, ring all-reduce, batch 64 a GPU',
  assumed: [
    "images/s of one P100: 142 (Inception V3) and 154 (VGG-16) as in TensorFlow's benchmarks; 103.6 (ResNet-101) from Horovod's own run on 16",
    "a layer's share of the time: by operations (Inception V3), by a roofline of a P100 (ResNet-101), by PipeDream's profile (VGG-16)",
    'the gradient of a layer is sent as soon as it is ready, while the backward pass goes on',
    'sharded parameter servers in place of the ring: as many bytes pass each NIC in all, but those of a layer pass the NICs of the few shards that it is in',
    'not the ring itself, which horovod-512-ring has: its 254 hops would wait for an engine that is at work on the backward pass, where a GPU adds beside it',
    'each tensor goes by itself, where Horovod fuses tensors: VGG-16 hangs on that and may match by luck: in buckets of 64 MiB, as behind the backward pass, it would be 54.2',
    'the GPUs of a server add up in no time; the wire carries its nominal 25 Gbit/s',
  ],
  fitted: null,
  within: 0.08,
  cells: [
    cell('Inception-V3', inceptionV3(), 142, 90),
    cell('ResNet-101', resNet101(P100), 103.6, 90),
    cell('VGG-16', vgg16 as Model, 154, 68),
  ],
});
