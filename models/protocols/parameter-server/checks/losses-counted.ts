/** PROTOCOLS D: ASP loses what a dead worker had in hand, and says how many. */
import { NOTES, type IterationNote } from '../../../spec/notes.ts';
import type { Claim } from '../../../claims/claim.ts';
import { notesOf } from '../../../claims/evidence.ts';
import { gradientsLost, restartsNs } from './history.ts';

export const lossesCounted: Claim<'runs' | 'gradients lost'> = {
  name: 'losses-counted',
  says: 'ASP: gradients applied and gradients said to be lost are all there are, and only a dead or fenced worker loses any',
  examines: ['runs', 'gradients lost'],
  broken(evidence, saw) {
    const { run, scenario, roles } = evidence;
    if (run.result.outcome !== 'finished') return null;
    saw('runs');
    const { batch, iterations } = scenario.training;
    const told = notesOf<IterationNote>(evidence, NOTES.iteration);
    // A head that was thought dead may tell late what another has told of in a newer epoch.
    const epoch = Math.max(...told.map(({ value }) => value.epoch ?? 0));
    const last = told.filter(({ value }) => (value.epoch ?? 0) === epoch).at(-1)?.value;
    if (last?.iteration !== iterations - 1)
      return `the last iteration told of is ${last?.iteration}, and ${iterations - 1} would be right`;
    const missing = batch * iterations - last.samples;
    const lost = gradientsLost(evidence);
    saw('gradients lost', lost);
    const workers = roles.filter((role) => role === 'worker').length;
    const [least, most] = [Math.floor(batch / workers), Math.ceil(batch / workers)];
    // What was lost may have been lost in a history that a restart or a new head has undone.
    if (missing < 0 || missing > lost * most)
      return `${missing} of ${batch * iterations} samples are missing, and ${lost} gradients of at most ${most} samples are said to be lost`;
    const undone =
      restartsNs(evidence).length > 0 || told.some(({ node }) => node !== told[0].node);
    if (!undone && missing < lost * least)
      return `${lost} gradients of at least ${least} samples are said to be lost, and ${missing} samples are missing`;
    return null;
  },
};
