/** What names a run: the digest of its events, and the one of what was learnt, null where nothing was. */
import { numbersDigest } from '../output/numbers-digest.ts';
import type { Digests, Outcome } from '../../models/claims/evidence.ts';

export function digestsOf({ result, training }: Pick<Outcome, 'result' | 'training'>): Digests {
  return { events: result.digest, numbers: numbersDigest(training) };
}
