/** The ledger: temporary memory is released, and the accounts know the peak. */
import { eachAccount } from '../../../engine/node-accounts.ts';
import type { Claim } from '../../../models/claims/claim.ts';
import type { Evidence } from '../../../models/claims/evidence.ts';

/** Items that are not needed once training is done. */
const PASSING: readonly string[] = ['activations', 'buffers', 'pushes', 'transfers', 'visitors'];

function peaksOf({ incarnations, roles }: Evidence): number[] {
  const peaks = roles.map(() => 0);
  for (const { node, peakBytes } of incarnations) peaks[node] = Math.max(peaks[node], peakBytes);
  return peaks;
}

export const memoryReturned: Claim<'ledgers' | 'ends'> = {
  name: 'memory-returned',
  says: 'a finished node holds no activations, buffers or pushes, and the ledger knows the most that each node held',
  examines: ['ledgers', 'ends'],
  broken(evidence, saw) {
    const peaks = peaksOf(evidence);
    saw('ledgers', evidence.run.result.nodes.count);
    for (const { node, peakMemoryBytes } of eachAccount(evidence.run.result.nodes))
      if (peakMemoryBytes !== peaks[node])
        return `the ledger of node ${node} says ${peakMemoryBytes} bytes at most, it held ${peaks[node]}`;
    if (evidence.run.result.outcome !== 'finished') return null;
    const last = new Map(evidence.incarnations.map((seen) => [seen.node, seen]));
    for (const { node, held } of last.values()) {
      saw('ends');
      const left = PASSING.find((item) => (held[item] ?? 0) !== 0);
      if (left !== undefined && !isAway(evidence, node))
        return `node ${node} has finished and still holds ${held[left]} bytes of ${left}`;
    }
    return null;
  },
};

/** Whether the run ended while the node was down. */
function isAway({ faults, run }: Evidence, node: number): boolean {
  const { timeNs } = run.result;
  return faults.some(({ nodes, endNs }) => nodes.includes(node) && (endNs ?? Infinity) >= timeNs);
}
