/** PROTOCOLS D: what is said to be safe is with the tail of every chain, and outlives the primaries. */
import type { Claim } from '../../../claims/claim.ts';
import { notesOf, numberOf, type Evidence, type MessageSeen } from '../../../claims/evidence.ts';
import { NOTES, type RecoveredNote } from '../../../spec/notes.ts';
import { type PullReply, workOf } from '../messages.ts';
import { type Restart, restartsOf, saidSafe, type Safe } from './history.ts';
import { judgedBySeat } from './of-seats.ts';

/** Work that asks for a gradient once more that was said to be safe before. */
function asksAgain({ share, iteration, timeNs, epoch }: Safe, message: MessageSeen): boolean {
  const { kind, sentNs, fields } = message;
  if (kind !== 'pull-reply' || sentNs <= timeNs || numberOf(fields, 'epoch') < epoch) return false;
  const reply = fields as unknown as PullReply;
  return (
    workOf(reply).some((item) => item.share === share && item.iteration === iteration) ||
    reply.next?.some((item) => item.share === share && item.iteration <= iteration) === true
  );
}

/** Whether the server that asks does not hear the worker then, which some other shard may have told since. */
function isDeaf(
  evidence: Evidence,
  { worker }: Safe,
  { from, sentNs, fields }: MessageSeen,
): boolean {
  const epoch = numberOf(fields, 'epoch');
  const told = notesOf<RecoveredNote>(evidence, NOTES.recovered).findLast(
    ({ node, timeNs, value }) => node === from && timeNs <= sentNs && value.epoch === epoch,
  );
  return told?.value.viewStays === true && !told.value.members.includes(worker);
}

/** Other shards may be in the view that restarts before the one that tells of it. */
function isUndone(
  safe: Safe,
  { epoch, timeNs }: Restart,
  { sentNs, fields }: MessageSeen,
): boolean {
  const isBetween = timeNs >= safe.timeNs && timeNs <= sentNs;
  return isBetween || (safe.epoch < epoch && numberOf(fields, 'epoch') >= epoch);
}

export const ackedKept: Claim<'gradients'> = judgedBySeat({
  name: 'acked-kept',
  says: 'no gradient that all shards have said to be safe is asked for again then or later, but after a restart, or while its worker is not heard',
  examines: ['gradients'],
  broken(evidence, saw) {
    const work = evidence.messages.filter(
      ({ kind, fields }) =>
        kind === 'pull-reply' &&
        (workOf(fields as unknown as PullReply).length > 0 || fields.next !== undefined),
    );
    const restarts = restartsOf(evidence);
    for (const safe of saidSafe(evidence)) {
      saw('gradients');
      const again = work.find(
        (message) =>
          asksAgain(safe, message) &&
          !isDeaf(evidence, safe, message) &&
          !restarts.some((restart) => isUndone(safe, restart, message)),
      );
      if (again)
        return `gradient ${safe.share} of iteration ${safe.iteration} was said to be safe at ${safe.timeNs} ns; server ${again.from} asks node ${again.to} for it at ${again.sentNs} ns`;
    }
    return null;
  },
});
