/** When recovery is under way in a run: the messages by which nodes agree on a new view and bring its state about. */
import { type MessageSeen, numberOf } from '../../models/claims/evidence.ts';
import { sendingsOf } from '../../models/claims/envelopes.ts';

/** The epoch that a message belongs to; a worker's is that of its session. */
function epochOf({ fields }: MessageSeen): number {
  return numberOf(fields, 'epoch' in fields ? 'epoch' : 'session');
}

/**
 * The messages of recovery, in the order in which they were sent: those of a view change, whose kinds are these words, and
 * of those of training the first of its kind that a node sends another in an epoch after the first.
 */
export function recoveryMessages(messages: MessageSeen[], words: readonly string[]): MessageSeen[] {
  const begun = new Set<string>();
  return sendingsOf({ messages }).filter((seen) => {
    if (words.includes(seen.kind)) return true;
    const { kind, from, to } = seen;
    const epoch = epochOf(seen);
    if (!(epoch > 0)) return false;
    const beginning = [kind, from, to, epoch].join(' ');
    const isFirst = !begun.has(beginning);
    begun.add(beginning);
    return isFirst;
  });
}
