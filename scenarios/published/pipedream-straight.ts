/** Straight pipelines of PipeDream: one machine a stage, without a flush. */
import type { Model, Scenario } from '../scenario.ts';
import { definePublished } from './published.ts';
import vgg16 from './vgg16.json' with { type: 'json' };

const BATCH = 32;
/** So many micro-batches between two flushes that filling and draining count for nothing. */
const MICRO_BATCHES = 256;

const pipeline = (stages: number): Scenario => ({
  name: `vgg16-straight-${stages}`,
  cluster: {
    nodes: stages,
    host: { speed: vgg16.referenceSpeed, taskOverhead: 0 },
    network: { kind: 'star', bandwidth: '25 Gbit/s', latency: '25 us' },
  },
  model: vgg16 as Model,
  training: {
    ...{ batch: BATCH * MICRO_BATCHES, microBatches: MICRO_BATCHES },
    ...{ iterations: 10, numerics: 'cost' },
  },
  protocol: { kind: stages === 1 ? 'gpipe' : 'ring-tmp' },
});

const cell = (stages: number, published: number, why?: string) => ({
  name: `${stages} machines`,
  published,
  predict: async (rate: (scenario: Scenario) => Promise<number>) =>
    (await rate(pipeline(stages))) / (await rate(pipeline(1))),
  why,
});

export default definePublished({
  source: 'Harlap et al., PipeDream (arXiv 1806.03377), VGG16, straight pipelines',
  unit: 'speed-up over one machine',
  setUp:
    '4 and 8 machines with a Titan X and 25 Gbit/s each, a stage a machine, batches of 32, no flush',
  assumed: [
    "times of the profile in PipeDream's repository, taken for those of a Titan X, in proportion at a batch of 32",
    'no flush as one flush in 256 micro-batches; cuts by the partition of this program',
  ],
  fitted: null,
  within: 0.15,
  cells: [
    cell(4, 2.56),
    cell(
      8,
      3.49,
      'up to its first pooling layer the profile spends 35 % of the time, and a cut before that carries 411 MB, so that no number of stages exceeds 2.86; the machines measured must have spent less there',
    ),
  ],
});
