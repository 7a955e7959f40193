/** I1 of PROTOCOLS A.4. */
import { isRing, type Claim } from '../claim.ts';
import { ringJobs } from '../ring-lineage.ts';

export const oneVersion: Claim = {
  name: 'one-version',
  says: 'I1: forward and backward of a micro-batch use the weights after as many steps as its iteration, at every node',
  broken(evidence) {
    if (!isRing(evidence)) return null;
    const wrong = ringJobs(evidence).find(
      ({ pass, version, iteration }) => pass !== 'update' && version !== iteration,
    );
    return wrong
      ? `node ${wrong.node} ran '${wrong.name}' with the weights after ${wrong.version} steps`
      : null;
  },
};
