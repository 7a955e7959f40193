/** PipeDream's comparison: data parallel training of VGG16 that waits for all, on eight machines with slow NICs. */
import type { Model, Scenario } from '../scenario.ts';
import { definePublished } from './published.ts';
import vgg16 from './vgg16.json' with { type: 'json' };

const BATCH = 32;
const host = { speed: vgg16.referenceSpeed, taskOverhead: 0 };
const training = { iterations: 10, numerics: 'cost' } as const;

const alone: Scenario = {
  name: 'vgg16-alone',
  cluster: { nodes: 1, host, network: { kind: 'star', bandwidth: '10 Gbit/s', latency: '25 us' } },
  model: vgg16 as Model,
  training: { ...training, batch: BATCH },
  protocol: { kind: 'seq-sgd' },
};

const parallel: Scenario = {
  name: 'vgg16-bsp-8',
  cluster: { nodes: 8, host, network: { kind: 'star', bandwidth: '10 Gbit/s', latency: '25 us' } },
  model: vgg16 as Model,
  training: { ...training, batch: 8 * BATCH },
  protocol: { kind: 'ps-bsp', servers: 8, place: 'beside' },
};

export default definePublished({
  source: 'Harlap et al., PipeDream (arXiv 1806.03377), VGG16 on 8 V100, data parallel BSP',
  unit: 'speed-up over one machine',
  setUp:
    '8 machines with a V100 and 10 Gbit/s each; 6.98x with PipeDream, which is 5.12x BSP: 1.36x',
  assumed: [
    "times of the profile in PipeDream's repository, taken for those of a V100, in proportion at a batch of 32 a GPU",
    'a shard of the parameters in each machine; gradients are sent when the backward pass is over',
    'the NICs carry their nominal 10 Gbit/s',
  ],
  fitted: null,
  within: 0.06,
  cells: [
    {
      name: 'BSP, 8 machines',
      published: 1.36,
      predict: async (rate) => (await rate(parallel)) / (await rate(alone)),
    },
  ],
});
