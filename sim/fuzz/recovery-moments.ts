/** Messages of recovery in a run: those by which nodes agree on a new view and transfer its state. */
import { type MessageSeen, numberOf } from '../../models/claims/evidence.ts';

/** The epoch of a message; a worker's is that of its session. */
function epochOf({ fields }: MessageSeen): number {
  return numberOf(fields, 'epoch' in fields ? 'epoch' : 'session');
}

/**
 * The messages of recovery, in order of sending: those of the given kinds; and of the others, the first of each kind
 * that a node sends another in an epoch after the first.
 */
export function recoveryMessages(messages: MessageSeen[], words: readonly string[]): MessageSeen[] {
  const begun = new Set<string>();
  return messages.filter((seen) => {
    const { kind, from, to } = seen;
    // No wire is between a node and itself.
    if (from === to) return false;
    if (words.includes(kind)) return true;
    const epoch = epochOf(seen);
    if (!(epoch > 0)) return false;
    const beginning = [kind, from, to, epoch].join(' ');
    const isFirst = !begun.has(beginning);
    begun.add(beginning);
    return isFirst;
  });
}
