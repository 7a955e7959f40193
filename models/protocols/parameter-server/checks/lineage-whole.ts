/** PROTOCOLS D: pushes are idempotent by worker and clock, whoever applies them, and all servers apply the same. */
import { NOTES, type IterationNote, type RecoveredNote } from '../../../spec/notes.ts';
import type { Claim, Saw } from '../../../claims/claim.ts';
import { notesOf, type Evidence } from '../../../claims/evidence.ts';
import { gradientsLost, keepsWeights, restartsNs } from './history.ts';
import { lineageOf, type Lineage } from './lineage.ts';

/** Where a gradient is in a server's weights twice, or in none's and not said to be lost. */
function unsound(evidence: Evidence, server: number, lineage: Lineage): string | null {
  const { scenario, roles } = evidence;
  const applied = new Map<string, number>();
  for (const [number, gradient] of lineage) {
    const before = applied.get(gradient);
    if (before !== undefined)
      return `gradient ${gradient} is update ${before} and update ${number} of the weights of server ${server}`;
    applied.set(gradient, number);
  }
  const workers = roles.filter((role) => role === 'worker').length;
  const missing = scenario.training.iterations * workers - applied.size;
  const lost = gradientsLost(evidence);
  return missing > lost
    ? `${missing} gradients are not in the weights of server ${server}, and ${lost} are said to be lost`
    : null;
}

/** Where a standby of the last epoch has made another update than its head. */
function astray(
  evidence: Evidence,
  head: number,
  lineage: Lineage,
  saw: Saw<'standbys'>,
): string | null {
  const { roles, run } = evidence;
  const all: readonly number[] = [...roles.keys()];
  const last = notesOf<RecoveredNote>(evidence, NOTES.recovered).reduce(
    (newest, { value }) => (value.epoch > newest.epoch ? value : newest),
    { epoch: 0, members: all },
  );
  for (const server of last.members) {
    if (!keepsWeights(roles[server]) || server === head) continue;
    saw('standbys');
    for (const [number, gradient] of lineageOf(evidence, server, run.result.timeNs))
      if (lineage.get(number) !== gradient)
        return `update ${number} of server ${server} is gradient ${gradient}, and ${lineage.get(number)} of head ${head}`;
  }
  return null;
}

export const lineageWhole: Claim<'gradients' | 'standbys'> = {
  name: 'lineage-whole',
  says: 'ASP: in the history of the final weights each gradient is applied once or said to be lost, and standbys have the same',
  examines: ['gradients', 'standbys'],
  broken(evidence, saw) {
    const { run, scenario } = evidence;
    if (run.result.outcome !== 'finished') return null;
    // A restart goes on from storage, of which the jobs tell nothing.
    if (restartsNs(evidence).length > 0) return null;
    const { iterations } = scenario.training;
    const last = notesOf<IterationNote>(evidence, NOTES.iteration).findLast(
      ({ value }) => value.iteration === iterations - 1,
    );
    if (last === undefined) return null;
    const lineage = lineageOf(evidence, last.node, last.timeNs);
    saw('gradients', lineage.size);
    return unsound(evidence, last.node, lineage) ?? astray(evidence, last.node, lineage, saw);
  },
};
