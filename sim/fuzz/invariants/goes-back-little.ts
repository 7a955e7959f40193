/** PROTOCOLS C, `abort`: how far a repair goes back. */
import { NOTES, type IterationNote, type RecoveredNote } from '../../../models/notes.ts';
import { RINGS, type Claim } from '../claim.ts';
import { notesOf } from '../evidence.ts';
import { isPromised } from '../promise.ts';
import { decidedNs } from '../ring-plans.ts';

export const goesBackLittle: Claim<'epochs'> = {
  name: 'goes-back-little',
  says: 'where what struck is promised to be survived, of what has been told no more than the last iteration is done again',
  about: RINGS,
  examines: ['epochs'],
  broken(evidence, saw) {
    if (!isPromised(evidence)) return null;
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
