/** What the fuzz profiles of all protocols that restart as a whole have in common. */
import { Chance, seconds } from '../claims/chance.ts';
import type { DrawnFault, FuzzProfile, Stage } from '../claims/fuzz-profile.ts';
import { restartBooks } from './checks/restart-books.ts';
import { oldRests } from './checks/old-rests.ts';

/** The share of the seeds in which whoever crashes comes back: the others may stall, and then show little. */
const RETURNING = 0.5;

/** Up to five crashes, one by one or several at once, at any time and also while a restart is under way. */
function drawTargetedFaults(
  seed: number,
  { nodes, lengthNs, silenceNs }: Stage,
): DrawnFault[] | null {
  const chance = new Chance(seed, 'returning');
  if (!chance.often(RETURNING)) return null;
  let atNs = lengthNs * chance.real(0, 1);
  return Array.from({ length: chance.whole(1, 5) }, () => {
    const struck = chance.whole(1, chance.often(0.3) ? nodes : Math.min(2, nodes));
    const forNs = Math.max(1, silenceNs * chance.one([0, 0.1, 1, 5]) * chance.real(0, 2));
    const at = seconds(atNs);
    atNs += chance.one([0, forNs, forNs + lengthNs * 0.01, lengthNs * 0.3]) * chance.real(0.5, 1.5);
    const whom = chance.some([...Array(nodes).keys()], struck);
    return { at, kind: 'crash', nodes: whom, for: seconds(forNs) };
  });
}

export const RESTART_FUZZ: Omit<FuzzProfile, 'alone' | 'drawOptions'> = {
  checkpoints: 0.6,
  servers: () => [],
  drawTargetedFaults,
  recovery: ['PREPARE', 'PROMISE', 'INSTALL', 'HALT', 'JOIN', 'REFUSE', 'DONE', 'FINISH'],
  promised: {
    // Everybody is needed, and waited for.
    goesOn: ({ faults, roles }) =>
      faults.every(
        ({ kind, nodes, endNs }) =>
          kind !== 'crash' || endNs !== null || nodes.every((node) => roles[node] === 'spare'),
      ),
  },
  claims: [oldRests, restartBooks],
};
