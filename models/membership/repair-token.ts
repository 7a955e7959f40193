/** What a REPAIR token says, as pure functions: who is gone, who hears whom, where it has to go next. */
import type { NodeId } from '../../engine/world.ts';
import { firstEpochOf } from './epoch.ts';
import { isMajority } from './quorum.ts';
import type { Contribution, RepairMessage, Silence } from './view-messages.ts';

type Token = RepairMessage<unknown>;

/** What a token begins with: who hears whom, as far as tokens that came to nothing have told. */
export type Known = Pick<Token, 'silences' | 'heard'>;

/** Who has reported. */
export function reportedIn(token: Token): NodeId[] {
  return token.reports.map(({ node }) => node);
}

/** Candidates that somebody suspects, that nobody hears, and that have not reported. */
export function deadIn(token: Token): NodeId[] {
  const reported = new Set(reportedIn(token));
  const suspected = new Set(token.silences.map(([, of]) => of));
  return token.candidates.filter(
    (node) => suspected.has(node) && !reported.has(node) && !token.heard.includes(node),
  );
}

/**
 * Below this the new view's epoch may have been used before: where most of those who have reported have lost their
 * memory with a life, nobody may know any more of the epochs of those lives. All lives count together: an epoch may have
 * followed from the life of one that is in it still, and have been used by others whose lives are over. Nor does its
 * initiator, in that life, know what came of those before.
 */
export function leastEpoch(reports: readonly Contribution<unknown>[], life: number): number {
  const joining = reports.filter((each) => each.joining);
  const own = firstEpochOf(life);
  if (isMajority(reports.length - joining.length, reports.length)) return own;
  return Math.max(own, firstEpochOf(reports.reduce((sum, each) => sum + each.life, 0)));
}

/** All that either says, each once. */
export function joinSilences(one: readonly Silence[], other: readonly Silence[]): Silence[] {
  const isNew = ([by, of]: Silence) => !one.some((known) => known[0] === by && known[1] === of);
  return [...one, ...other.filter(isNew)];
}

/** Pairs that have both reported, and of which one does not hear the other; each pair once, lower number first. */
export function cutsIn(token: Token): Silence[] {
  const reported = new Set(reportedIn(token));
  const cuts = new Map<string, Silence>();
  for (const [by, of] of token.silences)
    if (reported.has(by) && reported.has(of)) {
      const pair = [Math.min(by, of), Math.max(by, of)] as const;
      cuts.set(pair.join(), pair);
    }
  return [...cuts.values()].sort((one, other) => one[0] - other[0] || one[1] - other[1]);
}

/** The cuts that a view of all who have reported goes round. Two alone have reported over the only wire they have. */
export function cutsAround(token: Token): Silence[] {
  return token.reports.length > 2 ? cutsIn(token) : [];
}

/** The nearest candidate clockwise of a node that is not known dead and has not reported; null if there is none. */
export function nextFor(token: Token, from: NodeId): NodeId | null {
  const left = new Set(token.candidates);
  for (const node of reportedIn(token)) left.delete(node);
  for (const node of deadIn(token)) left.delete(node);
  return clockwise([...left], from)[0] ?? null;
}

/** The nodes in the order in which one meets them clockwise of that one, itself left out. */
export function clockwise(nodes: readonly NodeId[], from: NodeId): NodeId[] {
  const sorted = nodes.filter((node) => node !== from).sort((one, other) => one - other);
  const behind = sorted.findIndex((node) => node > from);
  return behind < 0 ? sorted : [...sorted.slice(behind), ...sorted.slice(0, behind)];
}

/** The nodes once each, in order of the ring. */
export function inRingOrder(nodes: Iterable<NodeId>): NodeId[] {
  return [...new Set(nodes)].sort((one, other) => one - other);
}
