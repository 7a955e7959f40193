/** When recovery is under way in a run: the messages by which nodes agree on a new view and bring its state about. */
import { type MessageSeen, numberOf } from './evidence.ts';
import { sendingsOf } from './ring-messages.ts';

/** Words of a view change on a ring, and of the state that follows it. */
const OF_RINGS = ['REPAIR', 'RESUME', 'HALT', 'JOIN', 'HELLO', 'STALE', 'XFER', 'REPL_STATE'];
/** Words of an election among servers, and of those who have lost touch. */
const OF_SERVERS =
  'prepare promised refused install installed settled stale accusation join told hello'.split(' ');

const WORDS: ReadonlySet<string> = new Set([...OF_RINGS, ...OF_SERVERS]);

/** The epoch that a message belongs to; a worker's is that of its session. */
function epochOf({ fields }: MessageSeen): number {
  return numberOf(fields, 'epoch' in fields ? 'epoch' : 'session');
}

/**
 * The messages of recovery, in the order in which they were sent: those of a view change, and of those of training the
 * first of its kind that a node sends another in an epoch after the first.
 */
export function recoveryMessages(messages: MessageSeen[]): MessageSeen[] {
  const begun = new Set<string>();
  return sendingsOf({ messages }).filter((seen) => {
    if (WORDS.has(seen.kind)) return true;
    const { kind, from, to } = seen;
    const epoch = epochOf(seen);
    if (!(epoch > 0)) return false;
    const beginning = [kind, from, to, epoch].join(' ');
    const isFirst = !begun.has(beginning);
    begun.add(beginning);
    return isFirst;
  });
}
