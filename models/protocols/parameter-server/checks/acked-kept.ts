/** PROTOCOLS D: what is acknowledged is at the tail of the chain, and outlives the head. */
import type { Claim } from '../../../claims/claim.ts';
import { numberOf, type MessageSeen } from '../../../claims/evidence.ts';
import { epochLed, restartsNs, saidSafe, type Safe } from './history.ts';

/** Work that asks for a gradient once more that was said to be safe before. */
function asksAgain({ share, clock, timeNs }: Safe, { sentNs, fields }: MessageSeen): boolean {
  const asked = numberOf(fields, 'clock') <= clock && (fields.shares as number[]).includes(share);
  return asked && sentNs > timeNs;
}

export const ackedKept: Claim<'gradients'> = {
  name: 'acked-kept',
  says: 'no gradient that a server has said to be safe is asked for again in its epoch or a later one, but after a restart',
  examines: ['gradients'],
  broken(evidence, saw) {
    const work = evidence.messages.filter(({ kind }) => kind === 'work');
    const restarts = restartsNs(evidence);
    for (const safe of saidSafe(evidence)) {
      saw('gradients');
      const again = work.find(
        (message) =>
          asksAgain(safe, message) &&
          !restarts.some((timeNs) => timeNs >= safe.timeNs && timeNs <= message.sentNs) &&
          epochLed(evidence, message.from, message.sentNs) >=
            epochLed(evidence, safe.server, safe.timeNs),
      );
      if (again)
        return `server ${safe.server} said at ${safe.timeNs} ns that gradient ${safe.clock} of share ${safe.share} is safe; server ${again.from} asks node ${again.to} for it at ${again.sentNs} ns`;
    }
    return null;
  },
};
