/** PROTOCOLS F: work is busy where it ends in the final lineage, and redo where it was thrown away. */
import { eachAccount } from '../../../../engine/node-accounts.ts';
import type { Claim } from '../../../claims/claim.ts';
import { downtimes, workedNs } from '../../../claims/downtimes.ts';
import type { Evidence } from '../../../claims/evidence.ts';
import { ringJobs, type RingJob } from './lineage.ts';
import { finalJobs, givenUpJobs } from './plans.ts';

/** By node, the time of those ended jobs. */
function workedByNode(evidence: Evidence, counts: (job: RingJob) => boolean): number[] {
  const down = downtimes(evidence);
  const sums = evidence.roles.map(() => 0);
  for (const job of ringJobs(evidence, true))
    if (job.fields.redo !== true && counts(job))
      sums[job.node] += workedNs(job.startNs, job.endNs, down[job.node]);
  return sums;
}

export const busyIsKept: Claim<'nodes'> = {
  name: 'busy-is-kept',
  says: 'in a finished run the busy time of a node is that of its jobs in the final lineage: less only by what was given up and has proved whole',
  examines: ['nodes'],
  broken(evidence, saw) {
    const finished = evidence.run.result.outcome === 'finished';
    if (!finished) return null;
    if (evidence.jobs.some(({ fields }) => typeof fields.epoch !== 'number')) return null;
    const isFinal = finalJobs(evidence);
    const kept = workedByNode(evidence, isFinal);
    const isGivenUp = givenUpJobs(evidence);
    const revived = workedByNode(evidence, (job) => isFinal(job) && isGivenUp(job));
    for (const { node, busyNs } of eachAccount(evidence.run.result.nodes)) {
      saw('nodes');
      const less = busyNs < kept[node] - revived[node];
      const more = busyNs > kept[node];
      if (less || more)
        return `node ${node} was busy for ${busyNs} ns; its jobs in the final lineage took ${kept[node]}`;
    }
    return null;
  },
};
