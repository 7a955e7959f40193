/** PROTOCOLS F: each instant of each node has one state. */
import { eachAccount } from '../../../engine/node-accounts.ts';
import type { Claim } from '../../../models/claims/claim.ts';

export const accountingSums: Claim<'nodes'> = {
  name: 'accounting-sums',
  says: 'the five times of every node are whole, not negative, and sum to the time of the run exactly',
  examines: ['nodes'],
  broken({ run: { result } }, saw) {
    for (const { node, downNs, busyNs, redoNs, commNs, idleNs } of eachAccount(result.nodes)) {
      saw('nodes');
      const times = { downNs, busyNs, redoNs, commNs, idleNs };
      for (const [name, time] of Object.entries(times))
        if (!Number.isInteger(time) || time < 0) return `node ${node} has ${name} ${time}`;
      const sum = downNs + busyNs + redoNs + commNs + idleNs;
      if (sum !== result.timeNs)
        return `the times of node ${node} sum to ${sum} ns in a run of ${result.timeNs} ns`;
    }
    return null;
  },
};
