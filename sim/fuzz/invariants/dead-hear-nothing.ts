/** Messages to a crashed host are lost; messages to a paused one wait for it. */
import { downtimes } from '../../../models/claims/downtimes.ts';
import { talks, type Claim } from '../../../models/claims/claim.ts';

export const deadHearNothing: Claim<'messages'> = {
  name: 'dead-hear-nothing',
  says: 'no message is delivered to a node that is down',
  about: talks,
  examines: ['messages'],
  broken(evidence, saw) {
    const down = downtimes(evidence);
    for (const { from, to, kind, sentNs, deliveredNs } of evidence.messages) {
      if (deliveredNs === null) continue;
      if (down[to].length > 0) saw('messages');
      const what = `${kind} from node ${from} to node ${to}, sent at ${sentNs} ns,`;
      if (down[to].some(({ fromNs, toNs }) => fromNs < deliveredNs && deliveredNs < toNs))
        return `${what} was delivered at ${deliveredNs} ns, when node ${to} was down`;
    }
    return null;
  },
};
