/** The fingerprint of all numbers of a run, which the digest of events does not cover. */
import { createHash } from 'node:crypto';
import type { TrainingRecord } from '../../models/observers/training-record.ts';
import { littleEndian } from './weights-hash.ts';

const DIGITS = 16;

/**
 * 16 hex digits over the loss, test loss and accuracy of every iteration, in order, and the final weights; null where
 * nothing was computed.
 */
export function numbersDigest({
  iterations,
  finalWeights,
}: Pick<TrainingRecord, 'iterations' | 'finalWeights'>): string | null {
  const figures = iterations.flatMap(({ loss, testLoss, accuracy }) => [loss, testLoss, accuracy]);
  if (finalWeights === null && figures.every((figure) => figure === null)) return null;
  // A flag distinguishes missing figures from any number, NaN included.
  const numbers = figures.flatMap((figure) => (figure === null ? [0, 0] : [1, figure]));
  const hash = createHash('sha256').update(littleEndian(Float64Array.from(numbers)));
  if (finalWeights !== null) hash.update(littleEndian(finalWeights));
  return hash.digest('hex').slice(0, DIGITS);
}
