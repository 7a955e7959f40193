/**
 * Which work has come to nothing: each view goes on from some step, and what older views did from that step on is done
 * again. Pure functions of when views have begun; they do not know what a step is.
 */

/** A view, and the step from which it has trained on. */
export interface Beginning {
  readonly epoch: number;
  readonly version: number;
}

/** What all of these know, oldest first, without those beginnings that a newer one of no greater step makes useless. */
export function joinBeginnings(known: readonly (readonly Beginning[])[]): Beginning[] {
  const byEpoch = new Map<number, Beginning>();
  for (const beginnings of known) for (const each of beginnings) byEpoch.set(each.epoch, each);
  const kept: Beginning[] = [];
  for (const each of [...byEpoch.values()].sort((one, other) => one.epoch - other.epoch)) {
    while (kept.length > 0 && kept[kept.length - 1].version >= each.version) kept.pop();
    kept.push(each);
  }
  return kept;
}

/** The step from which work of that epoch has been done again in newer ones; Infinity if there are none. */
export function redoneSince(beginnings: readonly Beginning[], epoch: number): number {
  const newer = beginnings.filter((beginning) => beginning.epoch > epoch);
  return Math.min(Infinity, ...newer.map(({ version }) => version));
}
