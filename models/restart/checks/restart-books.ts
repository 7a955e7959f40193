/** PROTOCOLS F: work is busy where it was kept, and redo where a restart has thrown it away. */
import { restartsAsAWhole } from './as-a-whole.ts';
import { eachAccount } from '../../../engine/node-accounts.ts';
import type { Claim } from '../../claims/claim.ts';
import { downtimes, workedNs } from '../../claims/downtimes.ts';
import { notesOf, numberOf } from '../../claims/evidence.ts';
import { NOTES, type RecoveredNote } from '../../spec/notes.ts';

export const restartBooks: Claim<'nodes'> = {
  name: 'restart-books',
  says: 'in a finished run a node was busy for as long as its jobs took that no later restart has undone, to the nanosecond',
  examines: ['nodes'],
  broken(evidence, saw) {
    const { jobs, underWay, roles, run } = evidence;
    if (!restartsAsAWhole(evidence)) return null;
    if (run.result.outcome !== 'finished') return null;
    const restarts = notesOf<RecoveredNote>(evidence, NOTES.recovered);
    const down = downtimes(evidence);
    const kept = roles.map(() => 0);
    for (const { node, fields, startNs, endNs } of jobs) {
      const [step, jobEpoch] = [numberOf(fields, 'step'), numberOf(fields, 'epoch')];
      const isUndone = restarts.some(
        ({ value: { epoch, version } }) => epoch > jobEpoch && version <= step,
      );
      if (fields.redo !== true && !isUndone) kept[node] += workedNs(startNs, endNs, down[node]);
    }
    // A node may have finished in the midst of what it owes to messages.
    for (const [node, { startNs }] of underWay)
      kept[node] += workedNs(startNs, run.result.timeNs, down[node]);
    for (const { node, busyNs } of eachAccount(run.result.nodes)) {
      saw('nodes');
      if (busyNs !== kept[node])
        return `node ${node} was busy for ${busyNs} ns, and its jobs that count took ${kept[node]} ns`;
    }
    return null;
  },
};
