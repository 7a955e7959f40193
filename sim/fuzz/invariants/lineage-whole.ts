/** PROTOCOLS D: pushes are idempotent by worker and clock, whoever applies them. */
import { NOTES, type IterationNote } from '../../../models/notes.ts';
import type { Claim } from '../claim.ts';
import { notesOf } from '../evidence.ts';
import { restartsNs } from '../server-history.ts';
import { lineageOf } from '../server-lineage.ts';

export const lineageWhole: Claim = {
  name: 'lineage-whole',
  says: 'ASP: in the history of the final weights each gradient is applied once, or is among those said to be lost',
  broken(evidence) {
    const { protocol, run, scenario, roles } = evidence;
    if (protocol.kind !== 'ps-asp' || run.result.outcome !== 'finished') return null;
    // A restart goes on from storage, of which the jobs tell nothing.
    if (restartsNs(evidence).length > 0) return null;
    const { iterations } = scenario.training;
    const last = notesOf<IterationNote>(evidence, NOTES.iteration).findLast(
      ({ value }) => value.iteration === iterations - 1,
    );
    if (last === undefined) return null;
    const applied = new Map<string, number>();
    for (const [number, gradient] of lineageOf(evidence, last.node, last.timeNs)) {
      const before = applied.get(gradient);
      if (before !== undefined)
        return `gradient ${gradient} is update ${before} and update ${number} of the weights of server ${last.node}`;
      applied.set(gradient, number);
    }
    const workers = roles.filter((role) => role === 'worker').length;
    const missing = iterations * workers - applied.size;
    const lost = notesOf<number>(evidence, NOTES.gradientsLost).reduce(
      (sum, { value }) => sum + value,
      0,
    );
    return missing > lost
      ? `${missing} gradients are not in the weights of server ${last.node}, and ${lost} are said to be lost`
      : null;
  },
};
