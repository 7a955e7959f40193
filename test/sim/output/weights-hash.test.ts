/** The hash of weights names their bytes, wherever they lie, and the digest of numbers losses too. */
import t from 'tap';
import { numbersDigest } from '../../../sim/output/numbers-digest.ts';
import { weightsSha256 } from '../../../sim/output/weights-hash.ts';

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
