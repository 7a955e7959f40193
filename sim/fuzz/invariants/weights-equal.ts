/** Whatever went wrong, the weights are those of the same work without faults, bit for bit. */
import { weightsSha256 } from '../../output/weights-hash.ts';
import { isIndependentOfTiming, type Claim } from '../../../models/claims/claim.ts';

export const weightsEqual: Claim<'runs'> = {
  name: 'weights-equal',
  says: 'where the order of arrival does not matter, a run that finishes has the weights of the run without faults',
  about: isIndependentOfTiming,
  examines: ['runs'],
  broken({ run, faultless, scenario, timing }, saw) {
    // Whether it matters may depend on the options.
    if (run.result.outcome !== 'finished' || timing !== 'independent') return null;
    saw('runs');
    const { finalWeights, finalVersion } = run.training;
    const { iterations } = scenario.training;
    if (finalVersion !== iterations)
      return `the last whole weights are those after ${finalVersion} of ${iterations} steps`;
    const [hash, right] = [finalWeights, faultless.training.finalWeights].map(weightsSha256);
    return hash === right ? null : `the weights are ${hash}, without faults they are ${right}`;
  },
};
