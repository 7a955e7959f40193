/**
 * What all members of a ring had forgotten as they began again from a checkpoint: the views on the way to it. Its plan
 * cannot tell of them, but those who watch know in which view the checkpoint was made.
 */
import type { RecoveryPlan } from '../../models/protocols/ring-tmp/ring-view.ts';
import type { Beginning } from '../../models/recovery/lineage.ts';

/** A view that somebody was told of. */
export interface ToldView {
  readonly epoch: number;
  /** When the first was told. */
  readonly sentNs: number;
  readonly plan: Pick<RecoveryPlan, 'source' | 'beginnings'>;
  readonly members: readonly number[];
  /** Those of them that were without state. */
  readonly joined: readonly number[];
}

/** A checkpoint of that version was whole. */
export interface CheckpointSeen {
  readonly node: number;
  readonly timeNs: number;
  readonly version: number;
}

/** The beginnings on the way to a view, those too that its members had forgotten. */
export function wholeHistory(
  { plan: { beginnings } }: Pick<ToldView, 'plan'>,
  views: ReadonlyMap<number, ToldView>,
  checkpoints: readonly CheckpointSeen[],
): Beginning[] {
  return beginnings.flatMap((each) => {
    const view = each.node === undefined ? views.get(each.epoch) : undefined;
    const site = view === undefined ? null : siteOf(view, views, checkpoints);
    if (site === null) return [each];
    return [...wholeHistory(site, views, checkpoints), { ...each, from: site.epoch }];
  });
}

/** The view that the checkpoint was made in which this one begins from, if none of its members remembers it. */
function siteOf(
  { plan: { source }, members, joined, sentNs }: ToldView,
  views: ReadonlyMap<number, ToldView>,
  checkpoints: readonly CheckpointSeen[],
): ToldView | null {
  if (!source.checkpoint || source.version === 0 || joined.length < members.length) return null;
  const made = checkpoints.findLast(
    ({ version, timeNs }) => version === source.version && timeNs <= sentNs,
  );
  if (made === undefined) return null;
  const before = [...views.values()].filter(
    (view) => view.sentNs <= made.timeNs && view.members.includes(made.node),
  );
  return before.sort((one, other) => one.epoch - other.epoch).at(-1) ?? null;
}
