/**
 * The plan of a view: from whose state training goes on, and who brings it to whom (PROTOCOLS C and E). Everybody has the
 * whole state, so the newest that anybody has is gone on from. Plain data and a pure function.
 */
import type { NodeId } from '../../../engine/world.ts';
import type { Assembly, Contribution, Decision } from '../../membership/host.ts';
import { incarnationIn, NODE_BYTES, NUMBER_BYTES } from '../../membership/view.ts';

/** What a node brings to a new view. */
export interface Inventory {
  /** The view whose state it has; -1 for a node without. */
  readonly epoch: number;
  /** Steps in that state. */
  readonly version: number;
  /** Iterations it has begun. */
  readonly begun: number;
  /** It has told observers of the last iteration in that state. */
  readonly hasTold: boolean;
}

export interface Transfer {
  readonly from: NodeId;
  readonly to: NodeId;
}

export interface AllReducePlan {
  /** The view whose state is gone on from. */
  readonly from: number;
  readonly version: number;
  /** To those who lack it. */
  readonly transfers: readonly Transfer[];
  /** Observers have been told of all iterations in it. */
  readonly isTold: boolean;
  /** Iterations that are done again. */
  readonly again: number;
}

/** What all begin with where nothing can fail. */
export const FIRST_PLAN: AllReducePlan = {
  from: 0,
  version: 0,
  transfers: [],
  isTold: true,
  again: 0,
};

/** 'lost': all who had the state have forgotten it. */
export type Planned = Decision<AllReducePlan> | { readonly kind: 'lost'; readonly why: string };

type Brought = Contribution<Inventory>;

/** Who brings the state: the nearest before them in the order of the view, so that many are served at once. */
function transfersTo(
  contributions: readonly Brought[],
  holds: (one: Brought) => boolean,
): Transfer[] {
  const count = contributions.length;
  return contributions.flatMap((one, at) => {
    if (holds(one)) return [];
    let before = at;
    do before = (before + count - 1) % count;
    while (!holds(contributions[before]));
    return [{ from: contributions[before].node, to: one.node }];
  });
}

/** Why the newest state that is here may not be the newest there is; null if it is. */
function doubt({ contributions, known }: Assembly<Inventory>, newest: number): Planned | null {
  for (const view of [...known].reverse()) {
    if (newest >= view.epoch) return null;
    const here = contributions.filter(({ node }) => view.members.includes(node));
    // A member that has never had its state: nothing was done in it, and the view before counts.
    if (here.some(({ node, incarnation }) => incarnationIn(view, node) === incarnation)) continue;
    const missing = view.members.filter((node) => !here.some((one) => one.node === node));
    const reason = `nodes ${missing.join(', ')} may have state that nobody else has`;
    if (missing.length > 0) return { kind: 'halt', reason, missing, againNs: null };
    return { kind: 'lost', why: 'every node has lost its memory' };
  }
  return { kind: 'lost', why: 'nobody who is left has any state' };
}

export function planView(assembly: Assembly<Inventory>): Planned {
  const { contributions } = assembly;
  const inventories = contributions.map(({ inventory }) => inventory);
  const from = Math.max(...inventories.map(({ epoch }) => epoch));
  const doubted = doubt(assembly, from);
  if (doubted !== null) return doubted;
  const having = inventories.filter(({ epoch }) => epoch === from);
  const version = Math.max(...having.map((each) => each.version));
  const isHeld = (one: Inventory) => one.epoch === from && one.version === version;
  const begun = Math.max(...having.map((each) => each.begun));
  const plan: AllReducePlan = {
    from,
    version,
    transfers: transfersTo(contributions, ({ inventory }) => isHeld(inventory)),
    isTold: version === 0 || inventories.some((each) => isHeld(each) && each.hasTold),
    again: Math.max(0, begun - version),
  };
  return { kind: 'go', plan };
}

export function planBytes({ transfers }: AllReducePlan): number {
  return 3 * NUMBER_BYTES + 2 * NODE_BYTES * transfers.length;
}

export const INVENTORY_BYTES = 3 * NUMBER_BYTES;
