/**
 * From what those who came together can serve follows who serves which shard, and from which state (PROTOCOLS C and D).
 * Pure: it asks no world.
 */
import type { NodeId } from '../../../../engine/world.ts';
import type { Assembly, Contribution, Decision } from '../../../membership/host.ts';
import { incarnationIn } from '../../../membership/view.ts';
import type { ServerLayout } from '../layout.ts';
import type { Inventory, ServerPlan, ShardPlan } from '../plan.ts';

export interface PlannerSettings {
  readonly layout: ServerLayout;
  /** Whether every share of an iteration is in one update: then all shards work for one iteration. */
  readonly sums: boolean;
}

/** 'lost': training goes back to a checkpoint, if there is one. */
export type Planned =
  Decision<ServerPlan> | { readonly kind: 'lost'; readonly plan: ServerPlan; readonly why: string };

/** Where the newest state of a shard is. */
type Origin =
  | {
      readonly kind: 'held';
      readonly holders: readonly NodeId[];
      readonly updates: number;
      /** Those who had newer state have forgotten it. */
      readonly mayBeLost: boolean;
    }
  | { readonly kind: 'seed' | 'lost' }
  | { readonly kind: 'missing'; readonly missing: readonly NodeId[] };

/** The state of the newest view that may be complete: unless a server that should have it never had, it may have been. */
function originOf(
  shard: number,
  { contributions, known }: Assembly<Inventory>,
  { layout }: PlannerSettings,
): Origin {
  const servers = layout.serversOf(shard);
  let mayBeLost = false;
  for (const view of [...known].reverse()) {
    const chain = servers.filter((server) => view.members.includes(server));
    const here = contributions.filter(({ node }) => chain.includes(node));
    if (view.epoch === 0) return { kind: mayBeLost ? 'lost' : 'seed' };
    // A view begun later that has come to nothing has the state of this one at the least.
    const newest = Math.max(...here.map(({ inventory }) => inventory.epoch));
    if (newest >= view.epoch) {
      const having = here.filter(({ inventory }) => inventory.epoch === newest);
      const updates = Math.max(...having.map(({ inventory }) => inventory.updates));
      const holders = having.filter(({ inventory }) => inventory.updates === updates);
      return { kind: 'held', holders: holders.map(({ node }) => node), updates, mayBeLost };
    }
    const isFaithful = ({ node, incarnation }: Contribution<Inventory>): boolean =>
      incarnationIn(view, node) === incarnation;
    if (here.some(isFaithful)) continue;
    const missing = chain.filter((server) => !here.some(({ node }) => node === server));
    if (missing.length > 0) return { kind: 'missing', missing };
    mayBeLost = true;
  }
  return { kind: 'lost' };
}

function halt(reason: string, missing: readonly NodeId[]): Decision<ServerPlan> {
  return { kind: 'halt', reason, missing, againNs: null };
}

/** The servers of the shard that are here, those with its state first. */
function shardPlan(servers: readonly NodeId[], origin: Origin): ShardPlan {
  if (origin.kind !== 'held') return { chain: servers, holders: 0, updates: 0 };
  const { holders, updates } = origin;
  const others = servers.filter((server) => !holders.includes(server));
  return { chain: [...holders, ...others], holders: holders.length, updates };
}

/** Shards of one iteration at a time differ by one update at most, unless something is lost. */
function areApart(origins: readonly Origin[], sums: boolean): boolean {
  const updates = origins.map((origin) => (origin.kind === 'held' ? origin.updates : 0));
  return sums && Math.max(...updates) - Math.min(...updates) > 1;
}

export function planView(assembly: Assembly<Inventory>, settings: PlannerSettings): Planned {
  const { layout, sums } = settings;
  const { contributions } = assembly;
  const here = contributions.map(({ node }) => node);
  const workers = here.filter((node) => node < layout.workers);
  if (workers.length === 0)
    return halt(
      'no worker is left',
      Array.from({ length: layout.workers }, (_, k) => k),
    );
  const all = Array.from({ length: layout.shards }, (_, shard) => shard);
  const present = all.map((shard) =>
    layout.serversOf(shard).filter((server) => here.includes(server)),
  );
  const empty = present.findIndex((servers) => servers.length === 0);
  if (empty >= 0) return halt(`no server of shard ${empty} is left`, layout.serversOf(empty));
  const origins = all.map((shard) => originOf(shard, assembly, settings));
  const missing = origins.flatMap((origin) => (origin.kind === 'missing' ? origin.missing : []));
  if (missing.length > 0)
    return halt(`nodes ${missing.join(', ')} may have state that nobody else has`, missing);
  const shards = all.map((shard) => shardPlan(present[shard], origins[shard]));
  const clock = sums ? Math.min(...shards.map(({ updates }) => updates)) : null;
  const furthest = Math.max(...contributions.map(({ inventory }) => inventory.updates));
  const plan = { shards, workers, clock, index: null, lost: null, furthest };
  const gone = all.filter((shard) => origins[shard].kind === 'lost');
  const why = (count: number) =>
    count === 1 ? 'the only server has lost its memory' : 'every server has lost its memory';
  if (gone.length > 0 || areApart(origins, sums)) {
    const lost = { shards: gone.length > 0 ? gone : all, why: why(present[gone[0] ?? 0].length) };
    return { kind: 'lost', plan: { ...plan, from: 'checkpoint', lost }, why: lost.why };
  }
  if (origins.every(({ kind }) => kind === 'seed'))
    return { kind: 'go', plan: { ...plan, from: 'seed' } };
  const behind = all.filter((shard) => {
    const origin = origins[shard];
    return origin.kind === 'held' && origin.mayBeLost;
  });
  const lost =
    behind.length === 0
      ? null
      : { shards: behind, why: 'servers that knew more have lost their memory' };
  return { kind: 'go', plan: { ...plan, from: 'servers', lost } };
}
