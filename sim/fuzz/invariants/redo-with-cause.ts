/** Work is done again only where something went wrong. */
import { eachAccount } from '../../../engine/node-accounts.ts';
import type { Claim } from '../../../models/claims/claim.ts';
import { notesOf, type Evidence } from '../../../models/claims/evidence.ts';
import { NOTES } from '../../../models/spec/notes.ts';

/** By node, the time of jobs that declare themselves as redo, such as a recomputed forward. */
function declaredNs({ jobs, roles }: Evidence): number[] {
  const sums = roles.map(() => 0);
  for (const { node, startNs, endNs, fields } of jobs)
    if (fields.redo === true) sums[node] += endNs - startNs;
  return sums;
}

export const redoWithCause: Claim<'nodes'> = {
  name: 'redo-with-cause',
  says: 'while nobody crashed, no view was changed and nothing was said to be wasted, only jobs that say so are counted as done again',
  examines: ['nodes'],
  broken(evidence, saw) {
    const suspected = notesOf(evidence, NOTES.suspected).length > 0;
    const repaired = evidence.notes.some(
      ({ name }) => name === NOTES.repair || name === NOTES.recovered,
    );
    // A protocol may drop what comes too late.
    const dropped = notesOf(evidence, NOTES.wasted).length > 0;
    if (suspected || repaired || dropped || evidence.run.endless) return null;
    if (evidence.faults.some(({ kind }) => kind !== 'duplicate' && kind !== 'slow')) return null;
    if (evidence.run.result.outcome !== 'finished') return null;
    const declared = declaredNs(evidence);
    saw('nodes', evidence.run.result.nodes.count);
    for (const { node, redoNs } of eachAccount(evidence.run.result.nodes))
      if (redoNs !== declared[node])
        return `node ${node} has ${redoNs} ns of work done again, its jobs say ${declared[node]}`;
    return null;
  },
};
