/**
 * Synthetic data from a seed: each class is a blob of samples around a random centre. For runs without a dataset, of
 * any width and number of classes; a small MLP learns it in a few epochs.
 */
import { randomStream } from '../../../engine/random.ts';
import type { RandomStream } from '../../../engine/world.ts';
import type { Dataset, DataSplit } from '../../spec/data.ts';

/** Standard deviation of a feature around its class's centre, in steps of a byte. */
const SPREAD = 24;
/** Mean and deviation of the sum of four uniform bytes, which stands in for a Gaussian (Irwin-Hall). */
const MEAN_OF_FOUR = 510;
const DEVIATION_OF_FOUR = Math.sqrt((256 * 256 - 1) / 3);

/** Roughly normal with mean 0 and deviation 1, from one draw and no logarithm. */
function gaussian(stream: RandomStream): number {
  const bits = stream.next();
  const sum = (bits & 255) + ((bits >>> 8) & 255) + ((bits >>> 16) & 255) + (bits >>> 24);
  return (sum - MEAN_OF_FOUR) / DEVIATION_OF_FOUR;
}

function samples(stream: RandomStream, count: number, centres: Uint8Array, classes: number) {
  const width = centres.length / classes;
  const features = new Uint8Array(new SharedArrayBuffer(count * width));
  const labels = new Uint8Array(new SharedArrayBuffer(count));
  for (let s = 0; s < count; s++) {
    const label = s % classes;
    labels[s] = label;
    for (let i = 0; i < width; i++) {
      const value = Math.round(centres[label * width + i] + SPREAD * gaussian(stream));
      features[s * width + i] = Math.min(255, Math.max(0, value));
    }
  }
  return { features, labels };
}

/**
 * `train` and `test` samples of `featureCount` bytes each, in `classes` (1 to 256) classes of equal size, on
 * shared memory. Equal arguments give equal bytes; the training samples do not depend on how many test samples
 * there are, nor the other way round.
 */
export function syntheticData(
  seed: number,
  train: number,
  test: number,
  featureCount: number,
  classes: number,
): DataSplit {
  if (!(classes >= 1 && classes <= 256))
    throw new RangeError(`synthetic data in ${classes} classes: 1 to 256 would be right`);
  const stream = randomStream(seed, 'synthetic/centres');
  const centres = Uint8Array.from({ length: classes * featureCount }, () => 48 + stream.below(160));
  const make = (part: string, count: number): Dataset => ({
    name: `synthetic ${part}`,
    ...samples(randomStream(seed, `synthetic/${part}`), count, centres, classes),
    featureCount,
    classes,
    featureScale: 1 / 255,
  });
  return { train: make('train', train), test: make('test', test) };
}
