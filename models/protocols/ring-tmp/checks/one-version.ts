/** I1 of PROTOCOLS A.4. */
import type { Claim } from '../../../claims/claim.ts';
import { ringJobs } from './lineage.ts';

export const oneVersion: Claim<'jobs'> = {
  name: 'one-version',
  says: 'I1: forward and backward of a micro-batch use the weights after as many steps as its iteration, at every node',
  examines: ['jobs'],
  broken(evidence, saw) {
    const jobs = ringJobs(evidence).filter(({ pass }) => pass !== 'update');
    saw('jobs', jobs.length);
    const wrong = jobs.find(({ version, iteration }) => version !== iteration);
    return wrong
      ? `node ${wrong.node} ran '${wrong.name}' with the weights after ${wrong.version} steps`
      : null;
  },
};
