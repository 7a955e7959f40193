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
import { redoneCounted } from './checks/redone-counted.ts';
import { ServerLayout } from './layout.ts';

const layoutOf = (protocol: Readonly<Record<string, unknown>>, nodes: number): ServerLayout =>
  new ServerLayout(nodes, Number(protocol.servers ?? 1), Number(protocol.replicas ?? 0));

/**
 * What parameter servers promise to survive (PROTOCOLS D): a worker and of each shard a server are left, and most members
 * or all servers of a shard.
 */
const promised: Promised = {
  goesOn({ protocol, roles }, members, out) {
    const layout = layoutOf(protocol, roles.length);
    const left = members.filter((member) => !out.has(member));
    const shards = Array.from({ length: layout.shards }, (_, shard) => layout.serversOf(shard));
    const isCore = shards.some((servers) =>
      servers.every((server) => left.includes(server) || !members.includes(server)),
    );
    if (2 * left.length <= members.length && !isCore) return false;
    const isServed = shards.every((servers) => servers.some((server) => left.includes(server)));
    return isServed && left.some((node) => roles[node] === 'worker');
  },
};

function fuzzedServer(own: readonly Claim[]): FuzzProfile {
  return {
    alone: 0,
    drawOptions(chance, nodes) {
      const replicas = chance.one([0, 1, 1, 2, 3].filter((count) => count <= nodes - 2));
      const most = Math.floor((nodes - 1) / (1 + replicas));
      return { replicas, servers: chance.one([1, 1, 2, 3].filter((count) => count <= most)) };
    },
    servers(options, nodes) {
      const { workers } = layoutOf(options, nodes);
      return Array.from({ length: nodes - workers }, (_, index) => workers + index);
    },
    drawTargetedFaults(seed, stage) {
      const turns = new Chance(seed, 'turns');
      return stage.servers.length > 1 && turns.often(0.2) ? drawTurns(turns, stage) : null;
    },
    recovery:
      'PREPARE PROMISE REFUSE INSTALL HALT SUSPECT JOIN WELCOME enter in-place ready state established'.split(
        ' ',
      ),
    promised,
    claims: [commitsKept, ackedKept, appliedOnce, ...own],
  };
}

export const fuzzedBsp = fuzzedServer([redoneCounted]);
export const fuzzedAsp = fuzzedServer([lineageWhole, redoneCounted]);
