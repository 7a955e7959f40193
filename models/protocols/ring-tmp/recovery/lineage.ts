/**
 * Which work has come to nothing: each view goes on from some step of some older view. What that one and those before it
 * did from that step on is done again; what was done in views in between is in vain, whatever step it is of. Pure functions
 * of when views have begun; they do not know what a step is.
 */

/** A view, and the step from which it has trained on. */
export interface Beginning {
  readonly epoch: number;
  readonly version: number;
  /** The view whose work it goes on from, so that nothing that newer ones did is of use; any if none is named. */
  readonly from?: number;
}

/** What all of these know, oldest first, without what newer beginnings make useless that do not say what they go on from. */
export function joinBeginnings(known: readonly (readonly Beginning[])[]): Beginning[] {
  const unique = new Map<number, Beginning>();
  for (const each of known.flat()) {
    const other = unique.get(each.epoch);
    if (other === undefined || each.version < other.version) unique.set(each.epoch, each);
  }
  let kept: Beginning[] = [];
  const all = [...unique.values()].sort((one, other) => one.epoch - other.epoch);
  for (const each of all) {
    const isUseless = ({ version, from }: Beginning) =>
      each.version === 0 || (version >= each.version && from === undefined);
    if (each.from === undefined) kept = kept.filter((older) => !isUseless(older));
    kept.push(each);
  }
  return kept;
}

/** The beginnings on the way to what a view left, by what these know of which some have lived in it. */
export function wayTo(epoch: number, known: readonly (readonly Beginning[])[]): Beginning[] {
  const own = known.find((beginnings) => beginnings.some((each) => each.epoch === epoch));
  const all = own === undefined ? known : [own];
  return joinBeginnings(all.map((beginnings) => beginnings.filter((each) => each.epoch <= epoch)));
}

/** The step from which work of that epoch has been done again in newer ones; Infinity if there are none. */
export function redoneSince(beginnings: readonly Beginning[], epoch: number): number {
  const newer = beginnings.filter((beginning) => beginning.epoch > epoch);
  return Math.min(
    Infinity,
    ...newer.map(({ version, from = epoch }) => (from < epoch ? 0 : version)),
  );
}
