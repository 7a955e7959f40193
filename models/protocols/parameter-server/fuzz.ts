/** The parameter servers as the fuzzer knows them. */
import { Chance } from '../../claims/chance.ts';
import type { Claim } from '../../claims/claim.ts';
import type { FuzzProfile } from '../../claims/fuzz-profile.ts';
import type { Promised } from '../../claims/promise.ts';
import { ackedKept } from './checks/acked-kept.ts';
import { appliedOnce } from './checks/applied-once.ts';
import { clocksClose } from './checks/clocks-close.ts';
import { commitsKept } from './checks/commits-kept.ts';
import { drawTurns } from './checks/draw-turns.ts';
import { lineageWhole } from './checks/lineage-whole.ts';
import { readsServed } from './checks/reads-served.ts';
import { redoneCounted } from './checks/redone-counted.ts';
import { ServerLayout } from './layout.ts';
import type { Servers } from './shard/shard-cuts.ts';

const layoutOf = (protocol: Readonly<Record<string, unknown>>, nodes: number): ServerLayout =>
  new ServerLayout(nodes, protocol);

/**
 * What parameter servers promise to survive (PROTOCOLS D): a worker and of each shard a server are left, and most members
 * or all servers of a shard.
 */
const promised: Promised = {
  goesOn({ protocol, roles }, members, out) {
    const layout = layoutOf(protocol, roles.length);
    const left = members.filter((member) => !out.has(member));
    const shards = Array.from({ length: layout.shards }, (_, shard) =>
      layout.nodesOf(layout.serversOf(shard)),
    );
    const isCore = shards.some((servers) =>
      servers.every((server) => left.includes(server) || !members.includes(server)),
    );
    if (2 * left.length <= members.length && !isCore) return false;
    const isServed = shards.every((servers) => servers.some((server) => left.includes(server)));
    return isServed && left.some((node) => node < layout.workers);
  },
};

/** Servers and standbys that leave a worker. */
function drawServers(chance: Chance, nodes: number): Record<string, unknown> {
  const replicas = chance.one([0, 1, 1, 2, 3].filter((count) => count <= nodes - 2));
  const most = Math.floor((nodes - 1) / (1 + replicas));
  const servers = drawShards(chance, chance.one([1, 1, 2, 3].filter((count) => count <= most)));
  return { replicas, servers, ...drawPasses(chance) };
}

/** Shards of one size, of several, or by consistent hashing. */
function drawShards(chance: Chance, count: number): Servers {
  if (count === 1 || chance.often(0.6)) return count;
  if (chance.often(0.5)) return { hashed: count };
  return { sizes: Array.from({ length: count }, () => chance.whole(1, 3)) };
}

/** How workers make a gradient: in one job, or in several. */
function drawPasses(chance: Chance): Record<string, unknown> {
  if (chance.often(0.2)) return { pushForm: 'activations' };
  return {
    ...(chance.often(0.3) ? { accumulate: chance.whole(2, 4) } : {}),
    ...(chance.often(0.4)
      ? { overlap: { bucketBytes: Math.round(chance.scale(40, 40_000)) } }
      : {}),
  };
}

function fuzzedServer(
  own: readonly Claim[],
  drawOptions: FuzzProfile['drawOptions'] = drawServers,
): FuzzProfile {
  return {
    alone: 0,
    drawOptions: (chance, ...work) => {
      const options = drawOptions(chance, ...work);
      return chance.often(0.3) ? { ...options, place: 'beside' } : options;
    },
    servers(options, nodes) {
      const layout = layoutOf(options, nodes);
      const { workers, seats } = layout;
      const serving = Array.from({ length: seats - workers }, (_, index) => workers + index);
      return [...layout.nodesOf(serving)].sort((one, other) => one - other);
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

/** How new weights come to workers. */
const drawPull = (chance: Chance) => ({
  pull: chance.one(['unicast', 'tree']),
  ...(chance.often(0.2) ? { pull: 'unicast', mapReduce: drawJobs(chance) } : {}),
});
const drawJobs = (chance: Chance) => ({
  jobOverhead: chance.scale(1e-6, 1e-3),
  storageBandwidth: chance.scale(1e7, 1e9),
});

export const fuzzedBsp = fuzzedServer([redoneCounted], (chance, nodes) => ({
  ...drawServers(chance, nodes),
  ...drawPull(chance),
}));
export const fuzzedAsp = fuzzedServer([lineageWhole, redoneCounted]);

/** A push of several minibatches is made in no other parts. */
function drawDownpour(chance: Chance, optimizer: string): Record<string, unknown> {
  const hasNoStep = optimizer === 'adam';
  const push = hasNoStep ? 1 : chance.one([1, 1, 2, 3]);
  const pushes = hasNoStep ? 1 : chance.one([1, 2, 3]);
  const adagrad = optimizer === 'sgd' && chance.often(0.3);
  return {
    downpour: { fetch: push * pushes, push, adagrad },
    ...(push > 1 ? { accumulate: 1, overlap: null } : {}),
  };
}

/** Under adam nobody sees its own steps. */
function drawAny(chance: Chance, nodes: number, _microBatches: number, optimizer: string) {
  const slack = optimizer === 'adam' ? 0 : chance.one([0, 1, 1, 2, 4]);
  const consistency = chance.one(['bsp', 'asp', { ssp: slack }, { ssp: slack }]);
  const drawn = { ...drawServers(chance, nodes), consistency };
  // A worker that steps by itself has made the gradient.
  const steps = consistency === 'asp' || (typeof consistency === 'object' && slack > 0);
  const options = steps ? { ...drawn, pushForm: 'gradient' } : drawn;
  const { workers } = layoutOf(options, nodes);
  const most = consistency === 'bsp' ? workers - 1 : 0;
  if (consistency === 'asp' && chance.often(0.5))
    return { ...options, ...drawDownpour(chance, optimizer) };
  const backupWorkers = chance.one([0, 1, 2].filter((count) => count <= most));
  const pull = consistency === 'bsp' && backupWorkers === 0 ? drawPull(chance) : {};
  return { ...options, backupWorkers, ...pull };
}

export const fuzzedAny = fuzzedServer(
  [lineageWhole, redoneCounted, clocksClose, readsServed],
  drawAny,
);
