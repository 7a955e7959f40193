/** PROTOCOLS D: what a dead worker had in hand is given to another, and says how many samples that is. */
import { NOTES } from '../../../spec/notes.ts';
import type { Claim } from '../../../claims/claim.ts';
import { notesOf, type Evidence } from '../../../claims/evidence.ts';
import { type PullReply, workOf } from '../messages.ts';
import { layoutOf, restartsNs } from './history.ts';

/** Samples of the shares that were given out when somebody had been given them before. */
function givenAgain(evidence: Evidence): number {
  const { messages, scenario } = evidence;
  const layout = layoutOf(evidence);
  const given = new Set<string>();
  let samples = 0;
  for (const { kind, fields } of messages) {
    if (kind !== 'pull-reply') continue;
    for (const item of workOf(fields as unknown as PullReply)) {
      const name = `${item.iteration}/${item.share}`;
      const { low, high } = layout.samplesOf(scenario.training.batch, item);
      if (given.has(name)) samples += high - low;
      given.add(name);
    }
  }
  return samples;
}

/** Whether one server has given out all work, and has never lost its memory. */
function isOnePrimary({ messages, faults }: Evidence): boolean {
  const givers = messages.filter(
    ({ kind, fields }) =>
      kind === 'pull-reply' && workOf(fields as unknown as PullReply).length > 0,
  );
  const { from } = givers[0] ?? { from: -1 };
  const hasCrashed = faults.some(({ kind, nodes }) => kind === 'crash' && nodes.includes(from));
  return !hasCrashed && givers.every((giver) => giver.from === from);
}

export const redoneCounted: Claim<'samples'> = {
  name: 'redone-counted',
  says: 'no more samples are said to be done again than are given out again, and as many where one server leads all along',
  examines: ['samples'],
  broken(evidence, saw) {
    if (evidence.run.result.outcome !== 'finished') return null;
    // A restart does whole iterations again.
    if (restartsNs(evidence).length > 0) return null;
    const said = notesOf<number>(evidence, NOTES.redone).reduce((sum, { value }) => sum + value, 0);
    const again = givenAgain(evidence);
    saw('samples', again);
    // What was given out by a primary before is asked for by the next without any loss.
    if (said > again || (said < again && isOnePrimary(evidence)))
      return `${said} samples are said to be done again, ${again} were given out again`;
    return null;
  },
};
