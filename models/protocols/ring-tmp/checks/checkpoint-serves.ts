/** PROTOCOLS C: beyond what replicas promise a ring begins again from its checkpoint, or from the seed. */
import type { Claim } from '../../../claims/claim.ts';

export const checkpointServes: Claim<'runs'> = {
  name: 'checkpoint-serves',
  says: 'a ring that makes checkpoints is never given up',
  examines: ['runs'],
  broken(evidence, saw) {
    const { failure } = evidence.run.result;
    if (evidence.scenario.checkpoint === undefined) return null;
    saw('runs');
    return failure?.kind === 'given-up' ? failure.message : null;
  },
};
