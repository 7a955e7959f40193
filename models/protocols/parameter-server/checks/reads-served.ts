/** PROTOCOLS D: under stale synchronous parallel a server says no more of its weights than is true. */
import type { Claim } from '../../../claims/claim.ts';
import { numberOf, type Evidence, type MessageSeen } from '../../../claims/evidence.ts';
import { slackOf, type ServerOptions } from '../options.ts';
import { layoutOf, restartsOf } from './history.ts';
import { hidesMessages, judgedBySeat } from './of-seats.ts';
import { lineageOf } from './lineage.ts';

/** What a reply says to be in its weights, and is not. */
function lacking(evidence: Evidence, { from, sentNs, fields }: MessageSeen): string | null {
  const { workers } = layoutOf(evidence);
  const applied = new Set(lineageOf(evidence, from, sentNs).values());
  for (let iteration = 0; iteration < numberOf(fields, 'clock'); iteration++)
    for (let share = 0; share < workers; share++)
      if (!applied.has(`${iteration}/${share}`)) return `${iteration}/${share}`;
  return null;
}

export const readsServed: Claim<'reads'> = judgedBySeat({
  name: 'reads-served',
  says: 'SSP: weights that are said to be of some clock have all gradients of iterations before it, and no iteration reads older ones than it may',
  examines: ['reads'],
  broken(evidence, saw) {
    const { messages, jobs, roles } = evidence;
    const slack = slackOf(evidence.protocol as unknown as ServerOptions);
    // A restart goes on from storage, of which the jobs tell nothing.
    if (slack === null || restartsOf(evidence).length > 0 || hidesMessages(evidence)) return null;
    const { shards } = layoutOf(evidence);
    /** By worker and shard: the clock of what it has read last. */
    const read = roles.map(() => new Array<number>(shards).fill(-1));
    const replies = messages.filter(
      ({ kind, fields, deliveredNs }) =>
        kind === 'pull-reply' && fields.clock !== undefined && deliveredNs !== null,
    );
    replies.sort((one, other) => one.deliveredNs! - other.deliveredNs!);
    let next = 0;
    const gradients = jobs.filter(({ fields }) => fields.pass === 'gradient');
    gradients.sort((one, other) => one.startNs - other.startNs);
    for (const { node, startNs, fields } of gradients) {
      for (; next < replies.length && replies[next].deliveredNs! <= startNs; next++) {
        const reply = replies[next];
        const missing = lacking(evidence, reply);
        saw('reads');
        if (missing !== null)
          return `server ${reply.from} said at ${reply.sentNs} ns that its weights are of clock ${numberOf(reply.fields, 'clock')}, and they lack gradient ${missing}`;
        read[reply.to][numberOf(reply.fields, 'shard')] = numberOf(reply.fields, 'clock');
      }
      const least = Math.max(0, numberOf(fields, 'iteration') - slack);
      const old = read[node].findIndex((clock) => clock < least);
      if (old >= 0)
        return `node ${node} began iteration ${numberOf(fields, 'iteration')} at ${startNs} ns with weights of shard ${old} of clock ${read[node][old]}`;
    }
    return null;
  },
});
