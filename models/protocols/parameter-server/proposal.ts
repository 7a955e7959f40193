/**
 * What an election comes to, given what was heard (PROTOCOLS C and D): which epochs must end for a new one to begin, and
 * the view of the new one. Pure functions; they know no world.
 */
import type { NodeId } from '../../../engine/world.ts';
import type { Acceptor } from './acceptor.ts';
import type { NodeReport } from './resilient-messages.ts';
import { membersOf, type ServerView } from './view.ts';

/** The newest view known to be in force and all later ones that may be, by epoch. */
export function viewsToEnd(
  { view, settled }: Pick<Acceptor, 'view' | 'settled'>,
  reports: Iterable<NodeReport>,
): ServerView[] {
  const known = new Map<number, ServerView>();
  let inForce = -1;
  for (const report of [{ view, settled }, ...reports]) {
    if (report.view !== null) known.set(report.view.epoch, report.view);
    if (report.settled === null) continue;
    known.set(report.settled.epoch, report.settled);
    inForce = Math.max(inForce, report.settled.epoch);
  }
  return [...known.values()]
    .filter(({ epoch }) => epoch >= inForce)
    .sort((one, other) => one.epoch - other.epoch);
}

/** What a new view is made of. */
export interface Proposal {
  readonly epoch: number;
  readonly head: NodeId;
  /** The head's own life. */
  readonly life: number;
  readonly workers: number;
  /** The newest view there was. */
  readonly base: ServerView;
  /** The view that the head has served without a break; null where all must begin anew with it. */
  readonly served: ServerView | null;
  /** Who is to be in the view besides the head, ascending. */
  readonly members: readonly NodeId[];
  readonly reports: ReadonlyMap<NodeId, NodeReport>;
  /** Who asks to be let in, and in which life. */
  readonly joiners: ReadonlyMap<NodeId, number>;
}

/** The new view: servers that stay keep their places in the chain, those that join come behind them. */
export function newView(proposal: Proposal): ServerView {
  const { epoch, head, base, served, members, reports, joiners } = proposal;
  const lives = new Array<number>(base.lives.length).fill(-1);
  const sessions = lives.slice();
  sessions[head] = served?.sessions[head] ?? epoch;
  lives[head] = proposal.life;
  for (const node of members) {
    const report = reports.get(node);
    const joining = report?.joining === true || joiners.has(node);
    lives[node] = report?.life ?? joiners.get(node) ?? base.lives[node];
    const isKept = served !== null && !joining && served.lives[node] === lives[node];
    sessions[node] = isKept && lives[node] >= 0 ? served.sessions[node] : epoch;
  }
  const stays = (node: NodeId): boolean =>
    members.includes(node) && lives[node] >= 0 && reports.get(node)?.joining === false;
  const kept = base.chain.filter(stays);
  const joined = members.filter(
    (node) => node >= proposal.workers && lives[node] >= 0 && !kept.includes(node),
  );
  return { epoch, chain: [head, ...kept, ...joined], lives, sessions };
}

/** Says that those who are there are no majority of the view. */
export function whyTooFew(view: ServerView, present: ReadonlyMap<NodeId, number>): string {
  const members = membersOf(view);
  const there = members.filter((node) => present.has(node)).length;
  return `${there} of ${members.length} nodes of epoch ${view.epoch} are there, no majority that remembers it`;
}
