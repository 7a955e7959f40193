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

/** Up to the first pooling layer, before which a cut is as wide as an image with 64 channels. */
const first = vgg16.layers.slice(0, 1 + vgg16.layers.findIndex(({ name }) => /MaxPool/.test(name)));
const secondsOf = (layers: typeof vgg16.layers) =>
  layers.reduce((sum, layer) => sum + layer.forwardSeconds + layer.backwardSeconds, 0);
const share = secondsOf(first) / secondsOf(vgg16.layers);
const carryBytes = 4 * BATCH * Math.min(...first.slice(0, -1).map((layer) => layer.carryElements));
const ON_EIGHT = 3.49;

/** Whatever the number of stages, the first takes so long; on the machines measured it cannot have. */
const WHY = [
  `up to its first pooling layer the profile spends ${(100 * share).toFixed(0)} % of the time (by operations it is 13 %)`,
  `a cut before that carries ${(carryBytes / 1e6).toFixed(0)} MB, ${((8 * carryBytes) / 25e6).toFixed(0)} ms on the wire, where a whole batch takes ${(1000 * BATCH * secondsOf(vgg16.layers)).toFixed(0)} ms`,
  `so no number of stages exceeds ${(1 / share).toPrecision(4)}, and the machines measured must have spent at most ${(100 / ON_EIGHT).toFixed(0)} % there`,
].join('; ');

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
  cells: [cell(4, 2.56), cell(8, ON_EIGHT, WHY)],
});
