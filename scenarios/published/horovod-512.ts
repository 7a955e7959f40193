/** Horovod on 512 GPUs: what is left of linear scaling. */
import type { Scenario } from '../scenario.ts';
import { definePublished, machinesWithServers, wholeModel, type Cell } from './published.ts';

const SERVERS = 128;
const GPUS = 4;
const BATCH = 64;

/** A server is a worker as fast as its GPUs together, with the server of a shard beside it. */
const cluster = (name: string, parameters: number, one: number): Scenario => ({
  name: `horovod-${name}`,
  cluster: {
    nodes: 2 * SERVERS,
    host: { speed: '1 TFLOP/s', taskOverhead: 0 },
    network: machinesWithServers(SERVERS, SERVERS, '25 Gbit/s', '5 us'),
  },
  model: wholeModel(parameters, GPUS * one),
  training: { batch: SERVERS * GPUS * BATCH, iterations: 3, numerics: 'cost' },
  protocol: { kind: 'ps-bsp', servers: SERVERS },
});

const cell = (
  name: string,
  parameters: number,
  one: number,
  published: number,
  why?: string,
): Cell => ({
  name,
  published,
  predict: async (rate) =>
    (100 * (await rate(cluster(name, parameters, one)))) / (SERVERS * GPUS * one),
  why,
});

export default definePublished({
  source: 'Horovod, docs/benchmarks.rst',
  unit: '% of linear scaling from one GPU to 512',
  setUp:
    '128 servers with 4 Pascal GPUs and RoCE of 25 Gbit/s each, ring all-reduce, batch 64 a GPU',
  assumed: [
    "images/s of one P100: 142 (Inception V3) and 154 (VGG-16) as in TensorFlow's benchmarks; 103.6 (ResNet-101) from Horovod's own run on 16",
    'sharded parameter servers in place of the ring: as many bytes pass each NIC',
    'the GPUs of a server add up in no time; the wire carries its nominal 25 Gbit/s',
    'gradients are sent when the backward pass is over',
  ],
  fitted: null,
  within: 0.08,
  cells: [
    cell('Inception-V3', 23_834_568, 142, 90),
    cell('ResNet-101', 44_549_160, 103.6, 90),
    cell(
      ...(['VGG-16', 138_357_544, 154, 68] as const),
      'Horovod sums gradients while the backward pass goes on; here they wait for its end',
    ),
  ],
});
