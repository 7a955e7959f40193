/** PROTOCOLS C and D: a restart loses no more than the iterations since the last checkpoint. */
import { NOTES, type RecoveredNote } from '../../../models/notes.ts';
import { isServer, type Claim } from '../claim.ts';
import { notesOf } from '../evidence.ts';

export const restartFromLast: Claim = {
  name: 'restart-from-last',
  says: 'a parameter server that restarts goes on from the newest checkpoint that was saved whole since it last did',
  broken(evidence) {
    if (!isServer(evidence)) return null;
    const saved = notesOf<number>(evidence, NOTES.checkpoint);
    let sinceNs = 0;
    for (const { node, timeNs, value } of notesOf<RecoveredNote>(evidence, NOTES.recovered)) {
      if (value.from !== 'checkpoint') continue;
      const newest = saved
        .filter((one) => one.timeNs >= sinceNs && one.timeNs <= timeNs)
        .reduce((most, one) => Math.max(most, one.value), 0);
      if (value.version < newest)
        return `node ${node} restarted at ${timeNs} ns after ${value.version} steps, and a checkpoint after ${newest} steps had been saved`;
      sinceNs = timeNs;
    }
    return null;
  },
};
