/** A host is down from the moment a fault hits it until it is back, in its account and in what it does. */
import { eachAccount } from '../../../engine/node-accounts.ts';
import { downtimes, type Downtime } from '../../../models/claims/downtimes.ts';
import type { Claim } from '../../../models/claims/claim.ts';

function lengthNs(intervals: readonly Downtime[], endNs: number): number {
  return intervals.reduce(
    (sum, { fromNs, toNs }) => sum + Math.min(toNs, endNs) - Math.min(fromNs, endNs),
    0,
  );
}

export const downTime: Claim<'nodes'> = {
  name: 'down-time',
  says: 'the down time of a node is the time between its crashes or pauses and its returns, exactly',
  examines: ['nodes'],
  broken(evidence, saw) {
    const { result } = evidence.run;
    const down = downtimes(evidence);
    for (const { node, downNs } of eachAccount(result.nodes)) {
      const right = lengthNs(down[node], result.timeNs);
      if (right > 0) saw('nodes');
      if (downNs !== right)
        return `node ${node} was down for ${downNs} ns, its faults for ${right}`;
    }
    return null;
  },
};
