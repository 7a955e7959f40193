/** PROTOCOLS C, `abort`: how far a repair goes back. */
import { NOTES, type IterationNote, type RecoveredNote } from '../../../spec/notes.ts';
import type { Claim } from '../../../claims/claim.ts';
import { notesOf } from '../../../claims/evidence.ts';
import { isPromised } from '../../../claims/promise.ts';
import { RING_PROMISED } from './promised.ts';
import { decidedNs } from '../../../claims/decided-views.ts';

export const goesBackLittle: Claim<'epochs'> = {
  name: 'goes-back-little',
  says: 'where what struck is promised to be survived, of what has been told no more than the last iteration is done again',
  examines: ['epochs'],
  broken(evidence, saw) {
    if (!isPromised(evidence, RING_PROMISED)) return null;
    const decided = decidedNs(evidence);
    const told = notesOf<IterationNote>(evidence, NOTES.iteration);
    for (const { timeNs, value } of notesOf<RecoveredNote>(evidence, NOTES.recovered)) {
      saw('epochs');
      const { epoch, version } = value;
      const beforeNs = decided.get(epoch) ?? timeNs;
      const before = told.filter(
        (note) => note.timeNs < beforeNs && (note.value.epoch ?? 0) < epoch,
      );
      const done = Math.max(0, ...before.map((note) => note.value.iteration + 1));
      if (version < done - 1)
        return `epoch ${epoch} goes on from version ${version}, and ${done} iterations had been told of at ${beforeNs} ns`;
    }
    return null;
  },
};
