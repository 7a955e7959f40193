/** A result folder is written whole or not at all, and nobody else's folder is ever replaced. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { checkResultFolder, writeResultFolder } from '../../../sim/output/result-folder.ts';
import { numbersDigest } from '../../../sim/output/numbers-digest.ts';
import { weightsSha256 } from '../../../sim/output/weights-hash.ts';

/** A process id that no process can have. */
const DEAD = 2 ** 30;

const text = (folder: string, file: string) => readFileSync(join(folder, file), 'utf8');

t.test('files in one piece or many, over an earlier result', async (t) => {
  const above = t.testdir();
  const folder = join(above, 'a', 'b');
  writeResultFolder(folder, { 'summary.json': 'first', 'trace.json': 'x' });
  writeResultFolder(folder, { 'summary.json': ['sec', 'ond'] });
  t.strictSame(readdirSync(folder), ['summary.json'], 'nothing of the earlier result is left');
  t.equal(text(folder, 'summary.json'), 'second');
  t.strictSame(readdirSync(join(above, 'a')), ['b']);
});

t.test('a failure on the way leaves the earlier result as it was', async (t) => {
  const above = t.testdir();
  const folder = join(above, 'out');
  writeResultFolder(folder, { 'summary.json': 'first' });
  function* failing() {
    yield 'half';
    throw new Error('the disk is full');
  }
  t.throws(() => writeResultFolder(folder, { 'summary.json': failing() }), /the disk is full/);
  t.equal(text(folder, 'summary.json'), 'first');
  t.strictSame(readdirSync(above), ['out']);
});

t.test('what a killed process left is put in order', async (t) => {
  const above = t.testdir();
  const folder = join(above, 'out');
  for (const use of ['new', 'old']) {
    const left = join(above, `.out.${use}-${DEAD}`);
    mkdirSync(left);
    writeFileSync(join(left, 'summary.json'), use);
  }
  writeResultFolder(folder, { 'summary.json': 'fresh' });
  t.equal(text(folder, 'summary.json'), 'fresh');
  t.strictSame(readdirSync(above), ['out']);
});

t.test('only new folders, empty ones and earlier results may be written to', async (t) => {
  const above = t.testdir({
    file: '',
    empty: {},
    mine: { 'notes.md': '' },
    ours: { 'links.csv': '' },
  });
  checkResultFolder(join(above, 'new', 'deep'));
  checkResultFolder(join(above, 'empty'));
  checkResultFolder(join(above, 'ours'));
  t.throws(() => checkResultFolder(join(above, 'file')), /a folder for the results would be right/);
  t.throws(() => checkResultFolder(join(above, 'mine')), /holds 'notes.md'/);
  t.throws(() => checkResultFolder(join(above, 'file', 'in')), /cannot be written to/);
  t.notOk(existsSync(join(above, 'new')), 'checking writes nothing');
});

t.test('the hash of weights is SHA-256 over their little-endian bytes', async (t) => {
  // Of the bytes 00 00 80 3f 00 00 00 c0, by sha256sum.
  const expected = 'ee4ac73c2bd27756ab82780f27c73a7bc4d3f0bb6acb37e008bc27eccd7e588b';
  t.equal(weightsSha256(Float32Array.of(1, -2)), expected);
  t.equal(
    weightsSha256(new Float32Array([9, 1, -2]).subarray(1)),
    expected,
    'of a part of a buffer',
  );
  t.not(weightsSha256(Float64Array.of(1, -2)), expected);
  t.equal(weightsSha256(null), null);
});

t.test('numbers have a digest of their own: of losses and of weights', async (t) => {
  const rows = [{ iteration: 0, timeNs: 5, samples: 8, loss: 2.5, testLoss: null, accuracy: null }];
  const weights = Float32Array.of(1, -2);
  const digest = numbersDigest({ iterations: rows, finalWeights: weights });
  t.match(String(digest), /^[0-9a-f]{16}$/);
  const later = [{ ...rows[0], timeNs: 6 }];
  t.equal(numbersDigest({ iterations: later, finalWeights: weights }), digest, 'not of time');
  const others = [
    { iterations: rows, finalWeights: Float32Array.of(1, -3) },
    { iterations: rows, finalWeights: null },
    { iterations: [{ ...rows[0], loss: 2.6 }], finalWeights: weights },
    { iterations: [{ ...rows[0], testLoss: 0 }], finalWeights: weights },
    { iterations: [{ ...rows[0], loss: NaN }], finalWeights: weights },
    { iterations: [{ ...rows[0], loss: null }], finalWeights: weights },
  ].map(numbersDigest);
  t.equal(new Set([digest, ...others]).size, 7);
  t.equal(numbersDigest({ iterations: [{ ...rows[0], loss: null }], finalWeights: null }), null);
});
