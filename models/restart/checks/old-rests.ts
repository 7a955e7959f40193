/** All stop before anybody goes on, so that nothing of an older epoch meets a newer one. */
import { MESSAGE_WORK } from '../../../engine/host/message-work.ts';
import { restartsAsAWhole } from './as-a-whole.ts';
import type { Claim } from '../../claims/claim.ts';
import { numberOf } from '../../claims/evidence.ts';

export const oldRests: Claim<'epochs'> = {
  name: 'old-rests',
  says: 'no job of an older epoch ends after one of a newer epoch has begun, on any node',
  examines: ['epochs'],
  broken(evidence, saw) {
    if (!restartsAsAWhole(evidence)) return null;
    const { jobs } = evidence;
    const spans = new Map<number, { firstNs: number; lastNs: number }>();
    for (const { name, fields, startNs, endNs } of jobs) {
      if (name === MESSAGE_WORK.name) continue;
      const epoch = numberOf(fields, 'epoch');
      const { firstNs, lastNs } = spans.get(epoch) ?? { firstNs: Infinity, lastNs: 0 };
      spans.set(epoch, {
        firstNs: Math.min(firstNs, startNs),
        lastNs: Math.max(lastNs, endNs),
      });
    }
    const ordered = [...spans].sort(([one], [other]) => one - other);
    for (const [at, [epoch, { firstNs }]] of ordered.entries()) {
      saw('epochs');
      const older = ordered.slice(0, at).find(([, { lastNs }]) => lastNs > firstNs);
      if (older !== undefined)
        return `a job of epoch ${epoch} began at ${firstNs} ns, and one of epoch ${older[0]} ended at ${older[1].lastNs} ns`;
    }
    return null;
  },
};
