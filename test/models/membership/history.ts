/** What has happened in a small world as far as what must hold speaks of it, and where it does not hold. */
import type { NodeId } from '../../../engine/world.ts';

interface KnownView {
  readonly epoch: number;
  readonly members: readonly NodeId[];
  /** In which each member is in it. */
  readonly incarnations: readonly number[];
  readonly steps: number;
}

interface Commit {
  readonly epoch: number;
  readonly step: number;
}

/** Plain data; `broken` says what does not hold. */
export interface History {
  readonly views: readonly KnownView[];
  readonly commits: readonly Commit[];
  readonly broken: string | null;
}

export const NOTHING_YET: History = { views: [], commits: [], broken: null };

/** A node has said a promise before it was on its disk (S4): a crash may make it forget that. */
export const RASH: History = { ...NOTHING_YET, broken: 'S4: a promise is said that is not kept' };

/** The history after a node has noted that, with the nodes in these incarnations. */
export function after(
  { views, commits }: History,
  name: string,
  value: object,
  lives: readonly number[],
): History {
  if (name === 'installed') return installed(views, commits, value as KnownView, lives);
  const { epoch, step } = value as Commit;
  const all = [...commits, { epoch, step }];
  const broken = withoutMajority(views, all, epoch) ?? lostCommit(views, all, lives);
  return { views, commits: all, broken };
}

/** One plan an epoch (S1), and nothing committed that a newer view has not (S3). */
function installed(
  views: readonly KnownView[],
  commits: readonly Commit[],
  view: KnownView,
  lives: readonly number[],
): History {
  const other = views.find(({ epoch }) => epoch === view.epoch);
  if (other !== undefined && JSON.stringify(other) !== JSON.stringify(view))
    return { views, commits, broken: `S1: two views of epoch ${view.epoch}` };
  const all = other === undefined ? [...views, view] : views;
  return { views: all, commits, broken: lostCommit(all, commits, lives) };
}

/** State is gone only where all members of a complete view have lost theirs: they are in later incarnations. */
function lostCommit(
  views: readonly KnownView[],
  commits: readonly Commit[],
  now: readonly number[],
): string | null {
  const lost = commits.filter((commit) => {
    const { members, incarnations } = views.find(({ epoch }) => epoch === commit.epoch)!;
    return members.every((member, at) => now[member] > incarnations[at]);
  });
  for (const { epoch, step } of commits)
    for (const view of views) {
      if (view.epoch <= epoch || view.steps >= step) continue;
      if (!lost.some((other) => other.epoch >= epoch && other.epoch < view.epoch))
        return `S3: step ${step} of epoch ${epoch} is lost in epoch ${view.epoch}`;
    }
  return null;
}

/** Of two complete views that follow each other the later one has more than half of the earlier one's members (S2). */
function withoutMajority(
  views: readonly KnownView[],
  commits: readonly Commit[],
  epoch: number,
): string | null {
  const epochs = new Set(commits.map((commit) => commit.epoch));
  const complete = views.filter((view) => epochs.has(view.epoch));
  complete.sort((one, other) => one.epoch - other.epoch);
  const at = complete.findIndex((view) => view.epoch === epoch);
  for (const place of [at, at + 1]) {
    const [early, late] = [complete[place - 1], complete[place]];
    if (early === undefined || late === undefined) continue;
    const common = early.members.filter((member) => late.members.includes(member));
    if (2 * common.length <= early.members.length)
      return `S2: epoch ${late.epoch} goes on without half of epoch ${early.epoch}`;
  }
  return null;
}
