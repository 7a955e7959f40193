/** PROTOCOLS C and D: a restart loses no more than the iterations since the last checkpoint. */
import { NOTES, type RecoveredNote } from '../../../models/spec/notes.ts';
import { CHECKPOINT_INDEX } from '../../../models/replication/checkpoints.ts';
import { initiatorOf } from '../../../models/membership/epoch.ts';
import type { Claim } from '../../../models/claims/claim.ts';
import { notesOf, type Evidence } from '../../../models/claims/evidence.ts';
import { decidedNs } from '../../../models/claims/decided-views.ts';

/** When the initiator of that epoch read the newest checkpoint, if it did: it cannot know of later ones. */
function readNs({ incarnations }: Evidence, epoch: number, beforeNs: number): number {
  const reads = incarnations
    .filter(({ node }) => node === initiatorOf(epoch))
    .flatMap(({ loads }) => loads.filter(({ name }) => name === CHECKPOINT_INDEX))
    .filter(({ timeNs }) => timeNs <= beforeNs);
  return reads.length === 0 ? beforeNs : Math.max(...reads.map(({ timeNs }) => timeNs));
}

export const restartFromLast: Claim<'restarts'> = {
  name: 'restart-from-last',
  says: 'a run that restarts goes on from the newest checkpoint that was saved whole since it last did',
  about: ({ recovers }) => recovers,
  examines: ['restarts'],
  broken(evidence, saw) {
    const saved = notesOf<number>(evidence, NOTES.checkpoint);
    const decided = decidedNs(evidence);
    let sinceNs = 0;
    for (const { node, timeNs, value } of notesOf<RecoveredNote>(evidence, NOTES.recovered)) {
      const { from, epoch, version } = value;
      if (from !== 'checkpoint') continue;
      saw('restarts');
      const read = readNs(evidence, epoch, decided.get(epoch) ?? timeNs);
      const newest = saved
        .filter((one) => one.timeNs >= sinceNs && one.timeNs <= read)
        .reduce((most, one) => Math.max(most, one.value), 0);
      if (version < newest)
        return `node ${node} restarted at ${timeNs} ns after ${version} steps, and a checkpoint after ${newest} steps had been saved`;
      sinceNs = timeNs;
    }
    return null;
  },
};
