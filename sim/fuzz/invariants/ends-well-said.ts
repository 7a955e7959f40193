/** No run ends in silence: it finishes, or says why it cannot. */
import { NOTES } from '../../../models/notes.ts';
import type { Claim } from '../claim.ts';
import type { Evidence } from '../evidence.ts';

/** What may be said before a run is given up: what is lost, or who stopped and why. */
function saidWhy({ notes }: Evidence): boolean {
  return notes.some(({ name }) => name === NOTES.lost || name === NOTES.halted);
}

export const endsWellSaid: Claim = {
  name: 'ends-well-said',
  says: 'a run finishes, or a node gives it up after it has noted what is lost or why it halts',
  broken(evidence) {
    const { result, endless } = evidence.run;
    if (endless) return `the run had no end after ${result.events} events and ${result.timeNs} ns`;
    if (result.outcome === 'finished') return null;
    const { failure } = result;
    if (failure === null) return `the run ended as '${result.outcome}'`;
    if (failure.kind !== 'given-up') return `${failure.kind}: ${failure.message}`;
    return saidWhy(evidence)
      ? null
      : `given up ('${failure.message}'), but no node noted what is lost or why it halts`;
  },
};
