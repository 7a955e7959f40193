/** TensorFlow's synchronous replicated training on Amazon's machines of eight K80. */
import type { Scenario } from '../scenario.ts';
import { definePublished, wholeModel, type Cell } from './published.ts';

const GPUS = 8;
const BATCH = 64;
const host = { speed: '1 TFLOP/s', taskOverhead: 0 };
const training = { iterations: 10, numerics: 'cost' } as const;

interface Network {
  readonly name: string;
  readonly parameters: number;
  /** Of one GPU, in images/s: the published figure that the others are predicted from. */
  readonly one: number;
}

/** GPUs of one machine, and its host, which adds their gradients. */
function machine({ name, parameters, one }: Network): Scenario {
  return {
    name: `${name}-${GPUS}-gpus`,
    cluster: {
      ...{ nodes: GPUS + 1, host },
      network: { kind: 'star', bandwidth: '10 GB/s', latency: '10 us' },
    },
    model: wholeModel(parameters, one),
    training: { ...training, batch: GPUS * BATCH },
    protocol: { kind: 'ps-bsp' },
  };
}

/** Machines, each as one worker as fast as its GPUs together, with the server of a shard beside it. */
function machines({ name, parameters }: Network, count: number, servers: number, each: number) {
  return {
    name: `${name}-${count}-machines`,
    cluster: {
      ...{ nodes: count, host },
      network: { kind: 'star', bandwidth: '10 Gbit/s', latency: '50 us' },
    },
    model: wholeModel(parameters, each),
    training: { ...training, batch: count * GPUS * BATCH },
    protocol: { kind: 'ps-bsp', servers, place: 'beside' },
  } satisfies Scenario;
}

function rows(net: Network, published: readonly number[], fewest?: number): Cell[] {
  return published.map((images, at) => {
    const count = 2 ** at;
    const servers = count === 8 ? (fewest ?? count) : count;
    return {
      name: `${net.name}, ${count * GPUS} GPUs`,
      published: images,
      predict: async (rate) => {
        const each = await rate(machine(net));
        return count === 1 ? each : rate(machines(net, count, servers, each));
      },
    };
  });
}

const inception = { name: 'InceptionV3', parameters: 23_834_568, one: 29.7 };
const resNet = { name: 'ResNet-50', parameters: 25_557_032, one: 52.4 };

export default definePublished({
  source: 'TensorFlow, performance benchmarks of May 2017 (docs_src/performance/benchmarks.md)',
  unit: 'images/s, synthetic data, batch 64 a GPU',
  setUp:
    'p2.8xlarge with 8 K80 each; distributed_replicated: the GPUs of a machine add up first, then parameter servers beside the workers; ' +
    'as many as machines, but 6 for InceptionV3 on 8',
  assumed: [
    'images/s of one GPU as published (29.7 and 52.4): the only measured input',
    '10 GB/s between the host and its GPUs, 10 Gbit/s between machines, both in full',
    'inside a machine and between machines follow one after the other; nothing overlaps with the backward pass',
  ],
  fitted: null,
  within: 0.08,
  cells: [...rows(inception, [229, 459, 902, 1783], 6), ...rows(resNet, [378, 751, 1388, 2744])],
});
