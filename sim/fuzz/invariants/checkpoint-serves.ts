/** PROTOCOLS C: beyond what replicas promise a ring begins again from its checkpoint, or from the seed. */
import { isRing, type Claim } from '../claim.ts';

export const checkpointServes: Claim = {
  name: 'checkpoint-serves',
  says: 'a ring that makes checkpoints is never given up',
  broken(evidence) {
    const { failure } = evidence.run.result;
    if (!isRing(evidence) || evidence.scenario.checkpoint === undefined) return null;
    return failure?.kind === 'given-up' ? failure.message : null;
  },
};
