/** I2 of PROTOCOLS A.4. */
import type { Claim } from '../../../claims/claim.ts';
import type { Evidence } from '../../../claims/evidence.ts';
import { epochsOf, ringJobs } from './lineage.ts';
import { ringViews } from './plans.ts';

/** By epoch, the version that each position begins with, by its first block. */
function beginnings(evidence: Evidence): Map<number, Map<number, number>> {
  const decided = ringViews(evidence);
  const jobs = ringJobs(evidence);
  return new Map(
    epochsOf(evidence).map(({ epoch, version }) => {
      const bounds = decided.get(epoch)?.plan.view.bounds.slice(0, -1);
      const blocks = bounds ?? jobs.filter((job) => job.epoch === epoch).map(({ low }) => low);
      return [epoch, new Map(blocks.map((block) => [block, version]))] as const;
    }),
  );
}

export const versionsClose: Claim<'updates'> = {
  name: 'versions-close',
  says: 'I2: within an epoch, the versions of its positions differ by one at most',
  examines: ['updates'],
  broken(evidence, saw) {
    const versions = beginnings(evidence);
    for (const { node, pass, epoch, iteration, endNs, low } of ringJobs(evidence)) {
      const done = versions.get(epoch);
      if (pass !== 'update' || done === undefined) continue;
      saw('updates');
      done.set(low, iteration + 1);
      for (const [block, version] of done)
        if (version < iteration)
          return `node ${node} made step ${iteration} of epoch ${epoch} at ${endNs} ns, when that of block ${block} had made ${version}`;
    }
    return null;
  },
};
