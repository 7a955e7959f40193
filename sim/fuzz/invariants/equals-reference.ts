/** A protocol with a sequential reference learns the same, bit for bit. */
import type { Claim } from '../../../models/claims/claim.ts';
import { weightsSha256 } from '../../output/weights-hash.ts';

export const equalsReference: Claim<'runs'> = {
  name: 'equals-reference',
  says: 'without faults the weights are those of the sequential run that the protocol names as its equal',
  about: ({ hasReference }) => hasReference,
  examines: ['runs'],
  broken({ faultless, reference }, saw) {
    // Whether there is one may depend on the options.
    if (reference === null) return null;
    saw('runs');
    const [hash, right] = [faultless, reference].map(({ training }) =>
      weightsSha256(training.finalWeights),
    );
    return hash === right ? null : `the weights are ${hash}, those of the sequential run ${right}`;
  },
};
