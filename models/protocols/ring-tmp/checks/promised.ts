/** What RingTMP promises to survive (PROTOCOLS C). */
import type { Promised } from '../../../claims/promise.ts';

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

export const RING_PROMISED: Promised = {
  goesOn({ protocol }, members, out) {
    const gone = members.filter((member) => out.has(member)).length;
    return 2 * gone < members.length && longestRun(members, out) <= Number(protocol.replicas ?? 0);
  },
};
