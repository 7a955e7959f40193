/** What RingTMP promises to survive (PROTOCOLS C). */
import type { Promised } from '../../../claims/promise.ts';
import { nodesOf, type Torus } from '../layout/torus.ts';
import { ringsOf } from './lineage.ts';

/** The longest run of members side by side, counted round the ring, that are all among these. */
function longestRun(members: readonly number[], these: ReadonlySet<number>): number {
  if (members.every((member) => these.has(member))) return members.length;
  let longest = 0;
  let run = 0;
  for (const member of [...members, ...members]) {
    run = these.has(member) ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}

/** Whether all nodes that hold a place of several rings are among these. */
function takesColumn(torus: Torus, members: readonly number[], these: ReadonlySet<number>) {
  const nodes = nodesOf(torus, members);
  const places = Array.from({ length: torus.length }, (_, place) => place);
  return places.some((place) =>
    nodes.every((node, position) => position % torus.length !== place || these.has(node)),
  );
}

export const RING_PROMISED: Promised = {
  goesOn(evidence, members, out) {
    const { protocol, roles } = evidence;
    const gone = members.filter((member) => out.has(member)).length;
    if (2 * gone >= members.length) return false;
    const rings = ringsOf(evidence);
    if (rings > 1) return !takesColumn({ rings, length: roles.length / rings }, members, out);
    return longestRun(members, out) <= Number(protocol.replicas ?? 0);
  },
};
