/** The parameter servers as the fuzzer knows them. */
import { Chance } from '../../claims/chance.ts';
import type { Claim } from '../../claims/claim.ts';
import type { FuzzProfile } from '../../claims/fuzz-profile.ts';
import type { Promised } from '../../claims/promise.ts';
import { ackedKept } from './checks/acked-kept.ts';
import { appliedOnce } from './checks/applied-once.ts';
import { commitsKept } from './checks/commits-kept.ts';
import { drawTurns } from './checks/draw-turns.ts';
import { lineageWhole } from './checks/lineage-whole.ts';
import { lossesCounted } from './checks/losses-counted.ts';
import { redoneCounted } from './checks/redone-counted.ts';

/** What parameter servers promise to survive (PROTOCOLS D). */
const promised: Promised = {
  goesOn({ protocol, roles }, members, out) {
    const isWorker = (node: number): boolean => roles[node] === 'worker';
    const gone = members.filter((member) => out.has(member)).length;
    const lost = [...out].filter((node) => !isWorker(node)).length;
    // Where all servers are there they settle it without the workers.
    if (lost > 0 && 2 * gone >= members.length) return false;
    const left = members.filter((member) => !out.has(member));
    return lost <= Number(protocol.replicas ?? 0) && left.some(isWorker) && !left.every(isWorker);
  },
  proves: () => true,
};

function fuzzedServer(own: readonly Claim[]): FuzzProfile {
  return {
    alone: 0,
    drawOptions: (chance, nodes) => ({
      replicas: chance.one([0, 1, 1, 2, 3].filter((replicas) => replicas <= nodes - 2)),
    }),
    servers({ replicas }, nodes) {
      const count = Number(replicas ?? 0) + 1;
      return Array.from({ length: count }, (_, index) => nodes - count + index);
    },
    drawTargetedFaults(seed, stage) {
      const turns = new Chance(seed, 'turns');
      return stage.servers.length > 1 && turns.often(0.2) ? drawTurns(turns, stage) : null;
    },
    recovery:
      'prepare promised refused install installed settled stale accusation join told hello'.split(
        ' ',
      ),
    promised,
    claims: [commitsKept, ackedKept, appliedOnce, ...own],
  };
}

export const fuzzedBsp = fuzzedServer([redoneCounted]);
export const fuzzedAsp = fuzzedServer([lineageWhole, lossesCounted]);
