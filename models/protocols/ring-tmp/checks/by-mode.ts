/** Claims that hold for modes that repair alone, and what is promised by those that restart as a whole. */
import type { Claim } from '../../../claims/claim.ts';
import type { Evidence } from '../../../claims/evidence.ts';
import type { Promised } from '../../../claims/promise.ts';
import { RESTART_FUZZ } from '../../../restart/fuzz.ts';
import { RING_PROMISED } from './promised.ts';

const repaired = ({ survives }: Pick<Evidence, 'survives'>): boolean =>
  survives.pause === 'repairs';

/** The claim, asked only of runs that go on by views and copies. */
export function ofRepairs<Thing extends string>(claim: Claim<Thing>): Claim<Thing> {
  return {
    ...claim,
    broken: (evidence, saw) => (repaired(evidence) ? claim.broken(evidence, saw) : null),
  };
}

export const PROMISED_BY_MODE: Promised = {
  goesOn(evidence, members, out) {
    const promised = repaired(evidence) ? RING_PROMISED : RESTART_FUZZ.promised;
    return promised.goesOn(evidence, members, out);
  },
};
