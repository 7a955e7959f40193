/** I2 of PROTOCOLS A.4. */
import { isRing, type Claim } from '../claim.ts';
import type { Evidence } from '../evidence.ts';
import { epochsOf, ringJobs } from '../ring-lineage.ts';
import { decidedViews } from '../ring-plans.ts';

/** By epoch, the version that each position begins with, by its first block; of a view of one node there is none to tell. */
function beginnings(evidence: Evidence): Map<number, Map<number, number>> {
  const decided = decidedViews(evidence);
  return new Map(
    epochsOf(evidence).flatMap(({ epoch, version }) => {
      const plan = decided.get(epoch)?.plan;
      if (plan === undefined) return [];
      const begins = plan.view.nodes.map((_, position) => {
        const own = plan.log?.positions[position].version ?? version;
        return [plan.view.bounds[position], own] as const;
      });
      return [[epoch, new Map(begins)] as const];
    }),
  );
}

export const versionsClose: Claim = {
  name: 'versions-close',
  says: 'I2: within an epoch, the versions of its positions differ by one at most',
  broken(evidence) {
    if (!isRing(evidence)) return null;
    const versions = beginnings(evidence);
    for (const { node, pass, epoch, iteration, endNs, low } of ringJobs(evidence)) {
      const done = versions.get(epoch);
      if (pass !== 'update' || done === undefined) continue;
      done.set(low, iteration + 1);
      for (const [block, version] of done)
        if (version < iteration)
          return `node ${node} made step ${iteration} of epoch ${epoch} at ${endNs} ns, when that of block ${block} had made ${version}`;
    }
    return null;
  },
};
