/**
 * Which work has come to nothing: each view goes on from some step, and what older views did from that step on is done
 * again, by everybody or in the place of one node alone. Pure functions of when views have begun; they do not know what
 * a step is.
 */
import type { NodeId } from '../../engine/world.ts';

/** A view, and the step from which it has trained on. */
export interface Beginning {
  readonly epoch: number;
  readonly version: number;
  /** Whose work alone is done again; everybody's if none is named. */
  readonly node?: NodeId;
}

/** What all of these know, oldest first, without those beginnings that a newer one of no greater step makes useless. */
export function joinBeginnings(known: readonly (readonly Beginning[])[]): Beginning[] {
  const unique = new Map<string, Beginning>();
  for (const each of known.flat()) {
    const key = `${each.epoch}/${each.node ?? ''}`;
    if (each.version < (unique.get(key)?.version ?? Infinity)) unique.set(key, each);
  }
  let kept: Beginning[] = [];
  const all = [...unique.values()].sort((one, other) => one.epoch - other.epoch);
  for (const each of all) {
    const isUseless = ({ version, node }: Beginning) =>
      version >= each.version && (each.node === undefined || each.node === node);
    kept = [...kept.filter((older) => !isUseless(older)), each];
  }
  return kept;
}

/** The step from which that node's work of that epoch has been done again in newer ones; Infinity if there are none. */
export function redoneSince(beginnings: readonly Beginning[], epoch: number, node: NodeId): number {
  const newer = beginnings.filter(
    (beginning) =>
      beginning.epoch > epoch && (beginning.node === undefined || beginning.node === node),
  );
  return Math.min(Infinity, ...newer.map(({ version }) => version));
}
