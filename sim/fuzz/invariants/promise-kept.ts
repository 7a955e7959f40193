/** Where a protocol promises to survive, giving up is a failure. */
import type { Claim } from '../../../models/claims/claim.ts';
import { isPromised } from '../../../models/claims/promise.ts';
import { profileOf } from '../profiles.ts';

export const promiseKept: Claim<'runs'> = {
  name: 'promise-kept',
  says: 'where what struck lies within what the protocol promises to survive, the run finishes',
  examines: ['runs'],
  broken(evidence, saw) {
    const { outcome, failure } = evidence.run.result;
    if (!isPromised(evidence, profileOf(evidence.protocol.kind).promised)) return null;
    saw('runs');
    if (outcome === 'finished') return null;
    return `the run ended as '${outcome}' (${failure?.message ?? 'no failure'}), and what struck is promised to be survived`;
  },
};
