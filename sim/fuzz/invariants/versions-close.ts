/** I2 of PROTOCOLS A.4. */
import { isRing, type Claim } from '../claim.ts';
import { epochsOf, ringJobs, type Epoch } from '../ring-lineage.ts';

export const versionsClose: Claim = {
  name: 'versions-close',
  says: 'I2: within an epoch, the versions of its members differ by one at most',
  broken(evidence) {
    if (!isRing(evidence)) return null;
    const epochs = new Map(epochsOf(evidence).map((epoch) => [epoch.epoch, epoch]));
    const versions = new Map<Epoch, Map<number, number>>();
    for (const { node, pass, epoch: number, iteration, endNs } of ringJobs(evidence)) {
      const epoch = epochs.get(number);
      if (pass !== 'update' || epoch === undefined) continue;
      const done = versions.get(epoch) ?? new Map<number, number>();
      versions.set(epoch, done.set(node, iteration + 1));
      for (const member of epoch.members) {
        const version = done.get(member) ?? epoch.version;
        if (version < iteration)
          return `node ${node} made step ${iteration} of epoch ${number} at ${endNs} ns, when node ${member} had made ${version}`;
      }
    }
    return null;
  },
};
