/**
 * What the initiator of a view has collected, who is still to be waited for, who is left out, and whether the rest may go
 * on. It sends nothing.
 */
import type { NodeId } from '../../../engine/world.ts';
import { lacksQuorum, viewsKnown, type KnownView } from '../quorum.ts';
import type { Assembly, Contribution } from '../host.ts';
import type { PromiseMessage } from '../messages.ts';
import { ascending, incarnationIn, type View } from '../view.ts';

type Promises<Inventory> = ReadonlyMap<NodeId, PromiseMessage<Inventory>>;

export class Proposal<Inventory> {
  readonly epoch: number;
  readonly askedNs: number;
  readonly asked = new Set<NodeId>();
  readonly promises = new Map<NodeId, PromiseMessage<Inventory>>();
  /** Those suspected since they were asked: they may have come back at once, and answer yet. */
  readonly doubted = new Set<NodeId>();
  /** Those that have come back in a new incarnation since they were reported silent. */
  private readonly returned = new Set<NodeId>();
  /** Views whose members were all asked; and whomever any promise has ever named as silent. */
  private readonly looked = new Set<number>();
  private readonly named = new Set<NodeId>();

  constructor(epoch: number, askedNs: number) {
    this.epoch = epoch;
    this.askedNs = askedNs;
  }

  /** Takes a promise; whom it names that was not asked yet is to be asked as well. */
  add(node: NodeId, promise: PromiseMessage<Inventory>): NodeId[] {
    this.promises.set(node, promise);
    for (const [peer] of promise.silent) this.named.add(peer);
    // Nearly all promises name the same views.
    const views = promise.views.filter(({ epoch }) => !this.looked.has(epoch));
    if (views.length === 0) return [];
    for (const { epoch } of views) this.looked.add(epoch);
    const members = views.flatMap((view) => view.members);
    return ascending(members).filter((member) => !this.asked.has(member));
  }

  /** That node is alive in a new incarnation: what was heard of the one before counts no more. */
  cameBack(node: NodeId): void {
    this.promises.delete(node);
    this.returned.add(node);
  }

  /** Whether that node was asked, and is taken to be silent by what was known before only: from now on it is waited for. */
  expects(node: NodeId, silent: ReadonlyMap<NodeId, number>): boolean {
    const { asked, doubted, returned, promises } = this;
    if (!asked.has(node) || promises.has(node)) return false;
    if (!silent.has(node) || doubted.has(node)) return false;
    returned.add(node);
    return true;
  }

  /** Whether so many have not answered that it waits for some whom nobody doubts: asked at each of their answers. */
  waitsSurely(silent: ReadonlyMap<NodeId, number>): boolean {
    const { asked, promises, named } = this;
    return asked.size > promises.size + silent.size + named.size;
  }

  /** Whom it waits for: those that nobody doubts, and those that somebody who has promised does not hear. */
  waiting(silent: ReadonlyMap<NodeId, number>): { certain: NodeId[]; doubtful: NodeId[] } {
    const reported = new Set(
      [...this.promises.values()].flatMap((promise) => promise.silent.map(([peer]) => peer)),
    );
    const { doubted, promises } = this;
    const isGone = (node: NodeId) => silent.has(node) && !doubted.has(node);
    const missing = [...this.asked].filter((node) => !promises.has(node) && !isGone(node));
    const isDoubtful = (node: NodeId) =>
      silent.has(node) || (reported.has(node) && !this.returned.has(node));
    return {
      certain: missing.filter((node) => !isDoubtful(node)),
      doubtful: missing.filter(isDoubtful),
    };
  }

  /** The assembly of those who stay. */
  assembly(): Assembly<Inventory> {
    const kept = withoutDeafPairs(this.promises);
    const contributions = kept.map((node): Contribution<Inventory> => {
      const { incarnation, joining, inventory } = this.promises.get(node)!;
      return { node, incarnation, joining, inventory };
    });
    return { epoch: this.epoch, contributions, known: this.known() };
  }

  /** The view that forbids these to go on, of all nodes there are where nobody knows of any; null if none does. */
  lacks(
    contributions: readonly Contribution<Inventory>[],
    all: View,
    cores: readonly (readonly NodeId[])[],
  ): KnownView | null {
    const known = this.known();
    const here = new Set(contributions.map(({ node }) => node));
    if (known.length === 0) return all.members.every((node) => here.has(node)) ? null : all;
    // All of them are told what any of them knows.
    const present = contributions.map(({ node }) => {
      const hasVote = this.promises.get(node)!.views.length > 0;
      return { node, views: hasVote ? known : [] };
    });
    return lacksQuorum([...present, { node: -1, views: known }], cores);
  }

  private known(): View[] {
    const promises = [...this.promises];
    const known = viewsKnown(promises.map(([, { views }]) => ({ views }))) as View[];
    return known.filter(
      (view, at) => at === 0 || !promises.some(([node, promise]) => disproves(node, promise, view)),
    );
  }
}

/**
 * Whether a promise proves that the view has never been complete, and never will be: its sender should be in it, has lost
 * no memory since, and does not know it. It takes nothing older than its promise from here on.
 */
function disproves(node: NodeId, promise: PromiseMessage<unknown>, view: View): boolean {
  if (incarnationIn(view, node) !== promise.incarnation) return false;
  const { views } = promise;
  const isPast = views.length > 0 && views[0].epoch > view.epoch;
  return !isPast && !views.some(({ epoch }) => epoch === view.epoch);
}

/**
 * Those who have promised, in order of their numbers, without as few as it takes that all hear each other: nodes without
 * state go first, then those with the most such pairs, then the higher numbers.
 */
function withoutDeafPairs(promises: Promises<unknown>): NodeId[] {
  const kept = new Set(ascending(promises.keys()));
  const pairs: (readonly [NodeId, NodeId])[] = [];
  for (const [node, { silent }] of promises)
    for (const [peer, incarnation] of silent) {
      const other = promises.get(peer);
      if (other !== undefined && other.incarnation <= incarnation) pairs.push([node, peer]);
    }
  for (;;) {
    const degrees = new Map<NodeId, number>();
    for (const pair of pairs)
      if (pair.every((node) => kept.has(node)))
        for (const node of pair) degrees.set(node, (degrees.get(node) ?? 0) + 1);
    if (degrees.size === 0) return [...kept];
    const rank = (node: NodeId) => (promises.get(node)!.joining ? 1e9 : 0) + degrees.get(node)!;
    const [worst] = [...degrees.keys()].sort(
      (one, other) => rank(other) - rank(one) || other - one,
    );
    kept.delete(worst);
  }
}
