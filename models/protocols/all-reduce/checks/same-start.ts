/** PROTOCOLS C and E: all members of a view go on from one state. */
import type { Claim } from '../../../claims/claim.ts';
import { numberOf } from '../../../claims/evidence.ts';

export const sameStart: Claim<'views'> = {
  name: 'same-start',
  says: 'all members of a view of an all-reduce begin with the same iteration in it',
  examines: ['views'],
  broken({ jobs }, saw) {
    const first = new Map<number, { node: number; iteration: number }>();
    const seen = new Set<string>();
    for (const { node, fields } of jobs) {
      const [epoch, iteration] = [numberOf(fields, 'epoch'), numberOf(fields, 'iteration')];
      const name = `${epoch}/${node}`;
      if (fields.pass !== 'gradient' || seen.has(name)) continue;
      seen.add(name);
      const other = first.get(epoch);
      if (other === undefined) {
        saw('views');
        first.set(epoch, { node, iteration });
      } else if (other.iteration !== iteration)
        return `in epoch ${epoch} node ${node} begins with iteration ${iteration}, node ${other.node} with ${other.iteration}`;
    }
    return null;
  },
};
