/** A node that is down neither computes, nor hears, nor speaks. */
import { downtimes } from '../../../models/claims/downtimes.ts';
import type { Claim } from '../../../models/claims/claim.ts';
import type { Evidence } from '../../../models/claims/evidence.ts';

interface Deed {
  readonly node: number;
  readonly timeNs: number;
  readonly what: string;
}

function deedsOf({ jobs, messages, notes }: Evidence): Deed[] {
  return [
    ...jobs.map(({ node, name, endNs }) => ({ node, timeNs: endNs, what: `ended '${name}'` })),
    ...messages.map(({ from, to, kind, sentNs }) => ({
      node: from,
      timeNs: sentNs,
      what: `sent ${kind} to node ${to}`,
    })),
    ...notes.map(({ node, timeNs, name }) => ({ node, timeNs, what: `noted '${name}'` })),
  ];
}

export const deadDoNothing: Claim<'deeds'> = {
  name: 'dead-do-nothing',
  says: 'while a node is down it ends no job, sends no message and notes nothing',
  examines: ['deeds'],
  broken(evidence, saw) {
    const down = downtimes(evidence);
    for (const { node, timeNs, what } of deedsOf(evidence)) {
      if (down[node].length > 0) saw('deeds');
      const within = down[node].find(({ fromNs, toNs }) => fromNs < timeNs && timeNs < toNs);
      if (within)
        return `node ${node} ${what} at ${timeNs} ns, down from ${within.fromNs} to ${within.toNs}`;
    }
    return null;
  },
};
