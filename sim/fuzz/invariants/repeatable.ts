/** One seed, one run: whoever watches it, and however often it runs. */
import type { Claim } from '../../../models/claims/claim.ts';
import { digestsOf } from '../digests.ts';

export const repeatable: Claim<'digests'> = {
  name: 'repeatable',
  says: 'run again with nobody looking on, the scenario has the same digests of events and of numbers',
  examines: ['digests'],
  broken({ run, unwatched }, saw) {
    for (const name of ['events', 'numbers'] as const) {
      saw('digests');
      const [seen, unseen] = [digestsOf(run)[name], unwatched[name]];
      if (seen !== unseen)
        return `the digest of ${name} is ${seen}, and ${unseen} when nobody looks on`;
    }
    return null;
  },
};
