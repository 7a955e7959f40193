/** PROTOCOLS D: what is said to be safe is with the tail of every chain, and outlives the primaries. */
import type { Claim } from '../../../claims/claim.ts';
import { numberOf, type MessageSeen } from '../../../claims/evidence.ts';
import type { WorkItem } from '../messages.ts';
import { restartsNs, saidSafe, type Safe } from './history.ts';

/** Work that asks for a gradient once more that was said to be safe before. */
function asksAgain({ share, iteration, timeNs, epoch }: Safe, message: MessageSeen): boolean {
  const { kind, sentNs, fields } = message;
  if (kind !== 'pull-reply' || sentNs <= timeNs || numberOf(fields, 'epoch') < epoch) return false;
  const work = fields.work as readonly WorkItem[];
  return work.some((item) => item.share === share && item.iteration === iteration);
}

export const ackedKept: Claim<'gradients'> = {
  name: 'acked-kept',
  says: 'no gradient that all shards have said to be safe is asked for again in that view or a later one, but after a restart',
  examines: ['gradients'],
  broken(evidence, saw) {
    const work = evidence.messages.filter(
      ({ kind, fields }) => kind === 'pull-reply' && (fields.work as unknown[]).length > 0,
    );
    const restarts = restartsNs(evidence);
    for (const safe of saidSafe(evidence)) {
      saw('gradients');
      const again = work.find(
        (message) =>
          asksAgain(safe, message) &&
          !restarts.some((timeNs) => timeNs >= safe.timeNs && timeNs <= message.sentNs),
      );
      if (again)
        return `gradient ${safe.share} of iteration ${safe.iteration} was said to be safe at ${safe.timeNs} ns; server ${again.from} asks node ${again.to} for it at ${again.sentNs} ns`;
    }
    return null;
  },
};
