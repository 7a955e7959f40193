/** What was decided for a ring, as its RESUME tokens tell it: the claims about the ring's history are judged against it. */
import type { RecoveryPlan } from '../../models/protocols/ring-tmp/ring-view.ts';
import type { ResumeMessage } from '../../models/recovery/view-messages.ts';
import { numberOf, type Evidence } from './evidence.ts';
import { redoneSince } from '../../models/recovery/lineage.ts';
import { epochsOf, finalEpochs, type RingJob } from './ring-lineage.ts';
import { sendingsOf } from './ring-messages.ts';

/** A view that somebody was told of, whether training ever went on in it or not. */
export interface Decided {
  readonly epoch: number;
  /** When the first was told. */
  readonly sentNs: number;
  readonly plan: RecoveryPlan;
  readonly members: readonly number[];
  /** Those of them that were without state. */
  readonly joined: readonly number[];
}

/** By epoch. A view of one node is told to nobody. */
export function decidedViews(evidence: Evidence): Map<number, Decided> {
  const views = new Map<number, Decided>();
  for (const { kind, sentNs, fields } of sendingsOf(evidence)) {
    const epoch = numberOf(fields, 'epoch');
    if (kind !== 'RESUME' || views.has(epoch)) continue;
    const { plan, members, joined } = fields as Partial<ResumeMessage<RecoveryPlan>>;
    views.set(epoch, { epoch, sentNs, plan: plan!, members: members!, joined: joined! });
  }
  return views;
}

/** Tells of a job whether what it did is in the weights at the end. */
type IsFinal = (job: RingJob) => boolean;

/** What was done in the epoch, up to that one, that told of its iteration last. */
function toldJobs(evidence: Evidence, end: number): IsFinal {
  const final = finalEpochs(evidence, end);
  return ({ epoch, fields }) => final.get(numberOf(fields, 'lineage')) === epoch;
}

/** What is in the weights by the oldest view that the ring has ended in, which the books are kept by. */
export function finalJobs(evidence: Evidence): IsFinal {
  return toldJobs(evidence, Math.min(...endsOf(evidence)));
}

/** The epochs in which all members had nothing left to do, as whoever has finished tells it. */
function endsOf(evidence: Evidence): Set<number> {
  const told = sendingsOf(evidence).filter(({ kind }) => kind === 'DONE');
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

/** When each view was decided on, if anybody else was told of it. */
export function decidedNs(evidence: Evidence): Map<number, number> {
  const views = [...decidedViews(evidence).values()];
  return new Map(views.map(({ epoch, sentNs }) => [epoch, sentNs]));
}

/**
 * Tells of a job whether a view that was decided on has given it up. Where it is in the weights at the end all the same it
 * has revived: the view came to nothing.
 */
export function givenUpJobs(evidence: Evidence): (job: RingJob) => boolean {
  const decided = decidedViews(evidence);
  const untold = epochsOf(evidence).filter(({ epoch }) => !decided.has(epoch));
  const views = [
    ...[...decided.values()].map(({ plan }) => plan.beginnings),
    ...untold.map(({ epoch, version }) => [{ epoch, version }]),
  ];
  return ({ epoch, fields }) =>
    views.some((beginnings) => redoneSince(beginnings, epoch) <= numberOf(fields, 'lineage'));
}
