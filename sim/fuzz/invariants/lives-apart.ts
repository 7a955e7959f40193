/** A crash ends the node: nothing started in one incarnation reaches another. */
import type { Claim } from '../../../models/claims/claim.ts';

export const livesApart: Claim<'incarnations'> = {
  name: 'lives-apart',
  says: 'incarnations count the crashes that were come back from, and no handler of an ended incarnation is called',
  examines: ['incarnations'],
  broken({ incarnations, roles }, saw) {
    const next = roles.map(() => 0);
    for (const { node, incarnation, calledAfterEnd } of incarnations) {
      saw('incarnations');
      if (incarnation !== next[node])
        return `node ${node} began incarnation ${incarnation}, and ${next[node]} would have been next`;
      next[node]++;
      if (calledAfterEnd !== null)
        return `'${calledAfterEnd}' of incarnation ${incarnation} of node ${node} was called after its end`;
    }
    return null;
  },
};
