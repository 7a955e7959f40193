/** All else is compared with the run without faults. */
import type { Claim } from '../../../models/claims/claim.ts';

export const faultlessFinishes: Claim<'runs'> = {
  name: 'faultless-finishes',
  says: 'the same work without faults finishes, with weights',
  examines: ['runs'],
  broken({ faultless: { result, training } }, saw) {
    saw('runs');
    if (result.outcome !== 'finished')
      return `without faults the run ended as '${result.outcome}' (${result.failure?.message})`;
    return training.finalWeights === null ? 'without faults no weights were published' : null;
  },
};
