/** I5 of PROTOCOLS C. */
import type { Claim } from '../../../claims/claim.ts';
import { ringJobs } from './lineage.ts';

export const oneOwner: Claim<'jobs'> = {
  name: 'one-owner',
  says: 'I5: in an epoch no block is worked on by two nodes',
  examines: ['jobs'],
  broken(evidence, saw) {
    // Blocks that go round are worked on by all.
    if (evidence.protocol.variant === 'rotation') return null;
    const owners = new Map<string, number>();
    for (const { node, name, epoch, low, high, ring } of ringJobs(evidence)) {
      saw('jobs');
      for (let block = low; block < high; block++) {
        const key = `${epoch}/${ring}/${block}`;
        const owner = owners.get(key) ?? node;
        owners.set(key, owner);
        if (owner !== node)
          return `node ${node} ran '${name}' on block ${block}, which was node ${owner}'s in epoch ${epoch}`;
      }
    }
    return null;
  },
};
