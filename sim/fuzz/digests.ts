/** The two digests of a run: of its events, and of its numbers; null where nothing was computed. */
import { numbersDigest } from '../output/numbers-digest.ts';
import type { Digests, Outcome } from '../../models/claims/evidence.ts';

export function digestsOf({ result, training }: Pick<Outcome, 'result' | 'training'>): Digests {
  return { events: result.digest, numbers: numbersDigest(training) };
}
