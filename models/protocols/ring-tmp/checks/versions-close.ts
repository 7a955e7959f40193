/** I2 of PROTOCOLS A.4. */
import type { Claim } from '../../../claims/claim.ts';
import type { Evidence } from '../../../claims/evidence.ts';
import { epochsOf, type RingJob, ringJobs, ringsOf } from './lineage.ts';
import { ringViews } from './plans.ts';

/** Names a position by its ring and its first block. */
const nameOf = ({ ring, low }: Pick<RingJob, 'ring' | 'low'>) => `block ${low} of ring ${ring}`;

/** By epoch, the version that each position begins with. */
function beginnings(evidence: Evidence): Map<number, Map<string, number>> {
  const decided = ringViews(evidence);
  const jobs = ringJobs(evidence);
  const rings = Array.from({ length: ringsOf(evidence) }, (_, ring) => ring);
  return new Map(
    epochsOf(evidence).map(({ epoch, version }) => {
      const bounds = decided.get(epoch)?.plan.view.bounds.slice(0, -1);
      const blocks = bounds ?? jobs.filter((job) => job.epoch === epoch).map(({ low }) => low);
      const names = rings.flatMap((ring) => blocks.map((low) => nameOf({ ring, low })));
      return [epoch, new Map(names.map((name) => [name, version]))] as const;
    }),
  );
}

export const versionsClose: Claim<'updates'> = {
  name: 'versions-close',
  says: 'I2: within an epoch, the versions of its positions differ by one at most',
  examines: ['updates'],
  broken(evidence, saw) {
    const versions = beginnings(evidence);
    for (const job of ringJobs(evidence)) {
      const { node, pass, epoch, iteration, endNs } = job;
      const done = versions.get(epoch);
      if (pass !== 'update' || done === undefined) continue;
      saw('updates');
      done.set(nameOf(job), iteration + 1);
      for (const [name, version] of done)
        if (version < iteration)
          return `node ${node} made step ${iteration} of epoch ${epoch} at ${endNs} ns, when that of ${name} had made ${version}`;
    }
    return null;
  },
};
