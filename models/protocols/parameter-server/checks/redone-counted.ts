/** PROTOCOLS D: BSP gives what a dead worker had in hand to another, and says how many samples that is. */
import { NOTES } from '../../../spec/notes.ts';
import { shareOf } from '../../../learning/shares.ts';
import type { Claim } from '../../../claims/claim.ts';
import { notesOf, type Evidence } from '../../../claims/evidence.ts';
import { restartsNs } from './history.ts';

/** Samples of the shares that were given out when somebody else had been given them before. */
function givenAgain({ messages, scenario, roles }: Evidence): number {
  const workers = roles.filter((role) => role === 'worker').length;
  const given = new Set<string>();
  let samples = 0;
  for (const { kind, fields } of messages) {
    if (kind !== 'work') continue;
    for (const share of fields.shares as number[]) {
      const name = `${String(fields.clock)}/${share}`;
      const { low, high } = shareOf(scenario.training.batch, workers, share);
      if (given.has(name)) samples += high - low;
      given.add(name);
    }
  }
  return samples;
}

/** Whether the first server has given out all work, and has led without a break. */
function isOneReign({ messages, roles }: Evidence): boolean {
  const first = roles.indexOf('server');
  return messages.every(({ kind, from, fields }) => {
    if (kind === 'work') return from === first;
    if (kind !== 'install') return true;
    return (fields.view as { sessions: number[] }).sessions[first] === 0;
  });
}

export const redoneCounted: Claim<'samples'> = {
  name: 'redone-counted',
  says: 'BSP: no more samples are said to be done again than are given out again, and as many where one head leads all along',
  examines: ['samples'],
  broken(evidence, saw) {
    if (evidence.run.result.outcome !== 'finished') return null;
    // A restart does whole iterations again.
    if (restartsNs(evidence).length > 0) return null;
    const said = notesOf<number>(evidence, NOTES.redone).reduce((sum, { value }) => sum + value, 0);
    const again = givenAgain(evidence);
    saw('samples', again);
    // What was given out by a head before is asked for by the next without any loss.
    if (said > again || (said < again && isOneReign(evidence)))
      return `${said} samples are said to be done again, ${again} were given out again`;
    return null;
  },
};
