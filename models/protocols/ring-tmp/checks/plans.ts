/** What was decided for a ring, as INSTALL tells it: the claims about the ring's history are judged against it. */
import type { RecoveryPlan } from '../layout/ring-view.ts';
import { type Decided, decidedViews } from '../../../claims/decided-views.ts';
import { numberOf, type Evidence } from '../../../claims/evidence.ts';
import { epochsOf, finalEpochs, type RingJob } from './lineage.ts';

/** A view with the plan for it. */
export type RingDecided = Decided<RecoveryPlan>;

/** By epoch. */
export const ringViews = (evidence: Evidence): Map<number, RingDecided> =>
  decidedViews<RecoveryPlan>(evidence);

/** Tells of a job whether what it did is in the weights at the end. */
type IsFinal = (job: RingJob) => boolean;

/** What was done in the epoch, up to that one, that told of its iteration last. */
function toldJobs(evidence: Evidence, end: number): IsFinal {
  const final = finalEpochs(evidence, end);
  return ({ epoch, fields }) => final.get(numberOf(fields, 'step')) === epoch;
}

/** What is in the weights by the oldest view that the ring has ended in, which the books are kept by. */
export function finalJobs(evidence: Evidence): IsFinal {
  return toldJobs(evidence, Math.min(...endsOf(evidence)));
}

/** The epochs in which all members had nothing left to do, as whoever has finished tells it. */
function endsOf(evidence: Evidence): Set<number> {
  const told = evidence.messages.filter(({ kind }) => kind === 'FINISH');
  return new Set(told.map(({ fields }) => numberOf(fields, 'epoch')));
}

/**
 * What is in the weights at the end, once for each view that the ring has ended in. That may be one that others have left:
 * the last of its members ends it, and what these go on with comes to nothing, or to a second end with the same weights.
 */
export function finalLineages(evidence: Evidence): IsFinal[] {
  const ends = [...endsOf(evidence)];
  return (ends.length > 0 ? ends : [Infinity]).map((end) => toldJobs(evidence, end));
}

/**
 * Tells of a job whether a view that was decided on has given it up. Where it is in the weights at the end all the same it
 * has revived: the view came to nothing.
 */
export function givenUpJobs(evidence: Evidence): (job: RingJob) => boolean {
  const decided = [...ringViews(evidence).values()];
  const views = decided.map(({ epoch, plan: { source } }) => ({
    ...{ epoch, version: source.version },
    base: source.checkpoint ? 0 : source.epoch,
  }));
  const untold = epochsOf(evidence).filter(
    ({ epoch }) => !views.some((one) => one.epoch === epoch),
  );
  const all = [...views, ...untold.map(({ epoch, version }) => ({ epoch, version, base: 0 }))];
  return ({ epoch, fields }) =>
    all.some(
      (view) =>
        view.epoch > epoch &&
        (view.version <= numberOf(fields, 'step') || (view.base > 0 && view.base < epoch)),
    );
}
