/** One seed, one run: whoever watches it, and however often it is run. */
import type { Claim } from '../claim.ts';

export const repeatable: Claim = {
  name: 'repeatable',
  says: 'run again with nobody looking on, the scenario has the same digest',
  broken({ run, digestUnwatched }) {
    const { digest } = run.result;
    return digest === digestUnwatched
      ? null
      : `the digest is ${digest}, and ${digestUnwatched} when nobody looks on`;
  },
};
