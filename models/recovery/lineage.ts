/**
 * Which work has come to nothing: each view goes on from some step of some older view. What that one and those before it
 * did from that step on is done again, by everybody or in the place of one node alone; what was done in views in between
 * is in vain, whatever step it is of. Pure functions of when views have begun; they do not know what a step is.
 */
import type { NodeId } from '../../engine/world.ts';

/** A view, and the step from which it has trained on; Infinity where nobody went back. */
export interface Beginning {
  readonly epoch: number;
  readonly version: number;
  /** Whose work alone is done again; everybody's if none is named. */
  readonly node?: NodeId;
  /** The view whose work it goes on from, so that nothing that newer ones did is of use; any if none is named. */
  readonly from?: number;
}

/** What all of these know, oldest first, without what newer beginnings make useless that do not say what they go on from. */
export function joinBeginnings(known: readonly (readonly Beginning[])[]): Beginning[] {
  const unique = new Map<string, Beginning>();
  for (const each of known.flat()) {
    const key = `${each.epoch}/${each.node ?? ''}`;
    const other = unique.get(key);
    if (other === undefined || each.version < other.version) unique.set(key, each);
  }
  let kept: Beginning[] = [];
  const all = [...unique.values()].sort((one, other) => one.epoch - other.epoch);
  for (const each of all) {
    const isUseless = ({ version, from }: Beginning) =>
      each.version === 0 || (version >= each.version && from === undefined);
    if (each.node === undefined && each.from === undefined)
      kept = kept.filter((older) => !isUseless(older));
    kept.push(each);
  }
  return kept;
}

/** The beginnings on the way to what a view left, by what these know of which some have lived in it. */
export function wayTo(epoch: number, known: readonly (readonly Beginning[])[]): Beginning[] {
  const isOf = (each: Beginning) => each.epoch === epoch && each.node === undefined;
  const own = known.find((beginnings) => beginnings.some(isOf));
  const all = own === undefined ? known : [own];
  return joinBeginnings(all.map((beginnings) => beginnings.filter((each) => each.epoch <= epoch)));
}

/** The step from which that node's work of that epoch has been done again in newer ones; Infinity if there are none. */
export function redoneSince(beginnings: readonly Beginning[], epoch: number, node: NodeId): number {
  const newer = beginnings.filter(
    (beginning) =>
      beginning.epoch > epoch && (beginning.node === undefined || beginning.node === node),
  );
  return Math.min(
    Infinity,
    ...newer.map(({ version, from = epoch }) => (from < epoch ? 0 : version)),
  );
}
