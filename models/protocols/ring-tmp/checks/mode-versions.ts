/** PROTOCOLS B: which version of the weights each pass takes without a flush. */
import type { Claim } from '../../../claims/claim.ts';
import type { Evidence } from '../../../claims/evidence.ts';
import { ringJobs, type RingJob } from './lineage.ts';

/** Whether a backward takes what its mode lets it take, after a forward with that version. */
function isRight(mode: unknown, { iteration, version }: RingJob, taken: number, most: number) {
  if (mode === '2bw') return version === Math.max(0, iteration - 1) && taken === version;
  if (mode === 'stash') return taken === version;
  return taken <= version && version - taken <= most;
}

const staleness = ({ protocol }: Evidence): number => Number(protocol.staleness ?? 1);

export const modeVersions: Claim<'backwards'> = {
  name: 'mode-versions',
  says: 'without a flush a backward pass takes the weights that its mode says, after those that its forward took',
  examines: ['backwards'],
  broken(evidence, saw) {
    const { mode = 'sync' } = evidence.protocol;
    if (mode === 'sync') return null;
    const taken = new Map<string, number>();
    for (const job of ringJobs(evidence)) {
      const key = `${job.node} ${job.epoch} ${job.iteration}/${job.microBatch}`;
      if (job.pass === 'forward') taken.set(key, job.version);
      if (job.pass !== 'backward') continue;
      saw('backwards');
      const version = taken.get(key);
      if (version === undefined || !isRight(mode, job, version, staleness(evidence)))
        return `node ${job.node} ran '${job.name}' with the weights after ${job.version} updates, its forward with ${version}`;
    }
    return null;
  },
};
