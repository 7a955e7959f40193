/** PROTOCOLS C and D: a new epoch takes over all that older ones have committed, so that there is one history. */
import { NOTES, type IterationNote, type RecoveredNote } from '../../../spec/notes.ts';
import type { Claim } from '../../../claims/claim.ts';
import { notesOf } from '../../../claims/evidence.ts';
import { restartsOf } from './history.ts';
import { judgedBySeat } from './of-seats.ts';

export const commitsKept: Claim<'iterations' | 'epochs'> = judgedBySeat({
  name: 'commits-kept',
  says: 'an epoch of a parameter server goes on from all that older ones commit, unless all servers forgot and one says so',
  examines: ['iterations', 'epochs'],
  broken(evidence, saw) {
    const begun = notesOf<RecoveredNote>(evidence, NOTES.recovered);
    saw('epochs', begun.length);
    const restarts = restartsOf(evidence).map(({ timeNs }) => timeNs);
    const beginning = new Map(begun.map(({ timeNs, value }) => [value.epoch, timeNs]));
    for (const { node, timeNs, value } of notesOf<IterationNote>(evidence, NOTES.iteration)) {
      saw('iterations');
      const { iteration, epoch = 0 } = value;
      const ownNs = beginning.get(epoch) ?? 0;
      // Whoever restarts may know so little that its epoch is the lower one.
      const isUndone = (otherNs: number): boolean =>
        restarts.some((atNs) => (otherNs >= atNs ? timeNs <= atNs && ownNs < atNs : ownNs >= atNs));
      const forgetful = begun.find(
        (note) =>
          note.value.epoch > epoch && note.value.version <= iteration && !isUndone(note.timeNs),
      );
      if (forgetful)
        return `node ${node} told of iteration ${iteration} in epoch ${epoch} at ${timeNs} ns, and node ${forgetful.node} began epoch ${forgetful.value.epoch} at ${forgetful.timeNs} ns with ${forgetful.value.version} steps`;
    }
    return null;
  },
});
