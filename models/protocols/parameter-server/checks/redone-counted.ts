/** PROTOCOLS D: what a dead worker had in hand is given to another, and says how many samples that is. */
import { NOTES } from '../../../spec/notes.ts';
import type { Claim } from '../../../claims/claim.ts';
import { notesOf, numberOf, type Evidence } from '../../../claims/evidence.ts';
import { incarnationIn, type View } from '../../../membership/view.ts';
import { type PullReply, workOf } from '../messages.ts';
import { relaysOf, slackOf, type ServerOptions } from '../options.ts';
import type { WorkItem } from '../work-item.ts';
import { layoutOf, restartsOf } from './history.ts';
import { hidesMessages, judgedBySeat } from './of-seats.ts';

interface Taken extends WorkItem {
  readonly worker: number;
  /** The incarnation of the worker that has taken it. */
  readonly incarnation: number;
}

/** Samples of the shares that somebody took when another, or an earlier life of it, had taken them before. */
function takenAgain(evidence: Evidence, taken: readonly Taken[]): number {
  const layout = layoutOf(evidence);
  const { batch } = evidence.scenario.training;
  const lives = new Map<string, string>();
  let samples = 0;
  for (const { worker, incarnation, iteration, share } of taken) {
    const name = `${iteration}/${share}`;
    const life = `${worker}/${incarnation}`;
    const isRedone = (lives.get(name) ?? life) !== life;
    if (isRedone) samples += layout.samplesIn(batch, { iteration, share });
    lives.set(name, life);
  }
  return samples;
}

/** The work in replies, to whom the view of the server counts on. */
function givenWork({ messages }: Evidence): Taken[] {
  const views = new Map<number, View>();
  return messages.flatMap(({ kind, to: worker, fields }) => {
    if (kind === 'INSTALL') views.set((fields.view as View).epoch, fields.view as View);
    if (kind !== 'pull-reply') return [];
    const view = views.get(numberOf(fields, 'epoch'));
    const incarnation = (view && incarnationIn(view, worker)) ?? 0;
    return workOf(fields as unknown as PullReply).map((item) => ({ ...item, worker, incarnation }));
  });
}

/** Whether one server has answered all along, and has never lost its memory. */
function isOnePrimary(evidence: Evidence): boolean {
  const { messages, faults } = evidence;
  const first = messages.filter(({ kind, fields }) => kind === 'pull-reply' && fields.shard === 0);
  const { from } = first[0] ?? { from: -1 };
  const hasCrashed = faults.some(({ kind, nodes }) => kind === 'crash' && nodes.includes(from));
  return !hasCrashed && first.every((reply) => reply.from === from);
}

export const redoneCounted: Claim<'samples'> = judgedBySeat({
  name: 'redone-counted',
  says: 'no more samples are said to be done again than others, or later lives, are given again, and as many where one server leads all along',
  examines: ['samples'],
  broken(evidence, saw) {
    if (evidence.run.result.outcome !== 'finished') return null;
    // Where workers find work for themselves a server does not know what was under way as a view changed.
    const options = evidence.protocol as unknown as ServerOptions;
    if (slackOf(options) !== null || relaysOf(options) || hidesMessages(evidence)) return null;
    // A restart does whole iterations again.
    if (restartsOf(evidence).length > 0) return null;
    const said = notesOf<number>(evidence, NOTES.redone).reduce((sum, { value }) => sum + value, 0);
    const again = takenAgain(evidence, givenWork(evidence));
    saw('samples', again);
    // What was given out by a primary before is asked for by the next without any loss.
    if (said > again || (said < again && isOnePrimary(evidence)))
      return `${said} samples are said to be done again, ${again} were given out again`;
    return null;
  },
});
