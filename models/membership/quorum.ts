/**
 * The majority rule: two sides of a partition never both have more than half. Which view's members are counted follows
 * from what the nodes that came together know of views.
 */
import type { NodeId } from '../../engine/world.ts';

export interface KnownView {
  readonly epoch: number;
  readonly members: readonly NodeId[];
}

/** What one node knows. */
export interface ViewKnowledge {
  readonly node: NodeId;
  /**
   * The views it knows of from the newest that it knows to have been complete: those it has lived in, and those that they
   * knew who took it in. Empty for a node without memory: it has no vote, for it may have promised anything.
   */
  readonly views: readonly KnownView[];
}

/** Whether `count` members are more than half of `of`. */
export function isMajority(count: number, of: number): boolean {
  return 2 * count > of;
}

/**
 * What these know together, oldest first: the newest view that any of them knows to have been complete, and what has been
 * begun since. Whoever is taken in by them begins with it, for it cannot tell that the view it comes into is complete.
 */
export function viewsKnown(present: readonly Pick<ViewKnowledge, 'views'>[]): KnownView[] {
  const known = new Map<number, KnownView>();
  let base = 0;
  for (const { views } of present) {
    if (views.length === 0) continue;
    base = Math.max(base, Math.min(...views.map(({ epoch }) => epoch)));
    for (const view of views) known.set(view.epoch, view);
  }
  const since = [...known.values()].filter(({ epoch }) => epoch >= base);
  return since.sort((one, other) => one.epoch - other.epoch);
}

/**
 * The view that forbids these nodes to go on; null if none does. Work may go on in the newest view that anybody knows
 * to have been complete, and in any that was begun since and may be complete unbeknown to those present: so of each of
 * these more than half must be here, with their memory, or all, with or without. Nobody goes on without one of each of the
 * `cores`, so all of a core, with their memory, are as good as more than half. Whoever else has agreed on a view of
 * which nobody here knows has needed one of that half, which by then had promised it and would have told of it, or
 * has kept it from being complete by promising something newer.
 */
export function lacksQuorum(
  present: readonly ViewKnowledge[],
  cores: readonly (readonly NodeId[])[] = [],
): KnownView | null {
  const voters = new Set(present.filter(({ views }) => views.length > 0).map(({ node }) => node));
  const here = new Set(present.map(({ node }) => node));
  for (const view of viewsKnown(present)) {
    const { members } = view;
    const votes = members.filter((member) => voters.has(member)).length;
    const whole = members.every((member) => here.has(member));
    const isCore = cores.some((core) => {
      const own = core.filter((node) => members.includes(node));
      return own.length > 0 && own.every((node) => voters.has(node));
    });
    if (!whole && !isCore && !isMajority(votes, members.length)) return view;
  }
  return null;
}
