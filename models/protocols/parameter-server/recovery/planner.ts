/**
 * From what those who came together can serve follows who serves which shard, and from which state (PROTOCOLS C and D).
 * Pure: it asks no world.
 */
import type { NodeId } from '../../../../engine/world.ts';
import type { Assembly, Contribution, Decision } from '../../../membership/host.ts';
import { incarnationIn } from '../../../membership/view.ts';
import type { ServerLayout } from '../layout.ts';
import type { Inventory, Loss, ServerPlan, ShardPlan } from '../plan.ts';

export interface PlannerSettings {
  readonly layout: ServerLayout;
  /** Whether every share of an iteration is in one update: then all shards work for one iteration. */
  readonly sums: boolean;
}

/** 'lost': training goes back to a checkpoint, if there is one. */
export type Planned =
  | Decision<ServerPlan>
  | { readonly kind: 'lost'; readonly plan: ServerPlan & { readonly lost: Loss } };

type Contributions = readonly Contribution<Inventory>[];

const MOST_FORGOT = 'servers that knew more have lost their memory';

/** Where the newest state of a shard is. */
type Origin =
  | {
      readonly kind: 'held';
      readonly holders: readonly NodeId[];
      readonly updates: number;
      /** Those who had newer state have forgotten it. */
      readonly mayBeLost: boolean;
    }
  | { readonly kind: 'seed' }
  | { readonly kind: 'lost'; readonly why: string }
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
    if (view.epoch === 0 && !mayBeLost) return { kind: 'seed' };
    if (view.epoch === 0) break;
    // A view begun later that has come to nothing has the state of this one at the least.
    const newest = Math.max(...here.map(({ inventory }) => inventory.epoch));
    if (newest >= view.epoch) {
      const having = here.filter(({ inventory }) => inventory.epoch === newest);
      const updates = Math.max(...having.map(({ inventory }) => inventory.updates));
      const holders = having.filter(({ inventory }) => inventory.updates === updates);
      const nodes = holders.map(({ node }) => node);
      return { kind: 'held', holders: nodes, updates, mayBeLost };
    }
    const isFaithful = ({ node, incarnation }: Contribution<Inventory>): boolean =>
      incarnationIn(view, node) === incarnation;
    if (here.some(isFaithful)) continue;
    const missing = chain.filter((server) => !here.some(({ node }) => node === server));
    if (missing.length > 0) return { kind: 'missing', missing };
    mayBeLost = true;
  }
  const count = contributions.filter(({ node }) => servers.includes(node)).length;
  const who = count === 1 ? 'the only server has lost its' : 'every server has lost its';
  return { kind: 'lost', why: `${who} memory` };
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

/** What is lost as the view begins: which shards go on from less than there was, and why. */
function lossOf(
  contributions: Contributions,
  origins: readonly Origin[],
  goesBack: boolean,
): Loss | null {
  const all = [...origins.keys()];
  const gone = all.filter((shard) => origins[shard].kind === 'lost');
  const behind = all.filter((shard) => {
    const origin = origins[shard];
    return origin.kind === 'held' && origin.mayBeLost;
  });
  const some = gone.length > 0 ? gone : goesBack ? all : behind;
  const furthest = Math.max(...contributions.map(({ inventory }) => inventory.updates));
  const reasons = origins.flatMap((origin) => (origin.kind === 'lost' ? origin.why : []));
  const why = reasons[0] ?? MOST_FORGOT;
  return some.length === 0 ? null : { shards: some, why, furthest };
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
    return halt(
      `nodes ${layout.nodesOf(missing).join(', ')} may have state that nobody else has`,
      missing,
    );
  const shards = all.map((shard) => shardPlan(present[shard], origins[shard]));
  const clock = sums ? Math.min(...shards.map(({ updates }) => updates)) : null;
  const goesBack = origins.some(({ kind }) => kind === 'lost') || areApart(origins, sums);
  const lost = lossOf(contributions, origins, goesBack);
  const plan = { shards, workers, clock, index: null };
  if (goesBack) return { kind: 'lost', plan: { ...plan, from: 'checkpoint', lost: lost! } };
  const from = origins.every(({ kind }) => kind === 'seed') ? 'seed' : 'servers';
  return { kind: 'go', plan: { ...plan, from, lost } };
}
