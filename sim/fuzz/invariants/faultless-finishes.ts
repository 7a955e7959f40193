/** Everything else is measured by the run without faults. */
import type { Claim } from '../claim.ts';

export const faultlessFinishes: Claim = {
  name: 'faultless-finishes',
  says: 'the same work without faults finishes, with weights',
  broken({ faultless: { result, training } }) {
    if (result.outcome !== 'finished')
      return `without faults the run ended as '${result.outcome}' (${result.failure?.message})`;
    return training.finalWeights === null ? 'without faults no weights were published' : null;
  },
};
