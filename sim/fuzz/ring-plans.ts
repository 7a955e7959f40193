/** What was decided for a ring, as its RESUME tokens tell it: the claims about the ring's history are judged against it. */
import type { RecoveryPlan } from '../../models/protocols/ring-tmp/ring-view.ts';
import type { ResumeMessage } from '../../models/recovery/view-messages.ts';
import { notesOf, numberOf, type Evidence } from './evidence.ts';
import { NOTES, type RecoveredNote } from '../../models/notes.ts';
import { redoneSince } from '../../models/recovery/lineage.ts';
import { wholeHistory } from './forgotten-history.ts';
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

/** Whether any repair went back nowhere. */
function goesOnByLog(views: Iterable<Decided>): boolean {
  return [...views].some(({ plan }) => plan.log !== null);
}

/** Where all repairs went back to a version: what was done in the epoch, up to that one, that told of its iteration last. */
function toldJobs(evidence: Evidence, end: number): IsFinal {
  const final = finalEpochs(evidence, end);
  return ({ epoch, fields }) => final.get(numberOf(fields, 'lineage')) === epoch;
}

/** A repair by log leaves what it does not say is done again, whatever epoch that is of. */
function jobsOf(evidence: Evidence, view: Decided): IsFinal {
  const { epoch: end } = view;
  const checkpoints = notesOf<number>(evidence, NOTES.checkpoint).map(
    ({ node, timeNs, value }) => ({ node, timeNs, version: value }),
  );
  const beginnings = wholeHistory(view, decidedViews(evidence), checkpoints);
  return ({ node, epoch, fields }) =>
    epoch <= end && redoneSince(beginnings, epoch, node) > numberOf(fields, 'lineage');
}

/**
 * What is in the weights by the oldest view that the ring has ended in, which the books are kept by; null where that view
 * was told to nobody, so that it cannot be known. Where nobody was told of an end the view that one node was left in is
 * meant.
 */
export function finalJobs(evidence: Evidence): IsFinal | null {
  const decided = decidedViews(evidence);
  const end = Math.min(...endsOf(evidence));
  if (!goesOnByLog(decided.values())) return toldJobs(evidence, end);
  const recovered = notesOf<RecoveredNote>(evidence, NOTES.recovered).map(
    ({ value }) => value.epoch,
  );
  const last = decided.get(end < Infinity ? end : Math.max(...recovered));
  return last === undefined ? null : jobsOf(evidence, last);
}

/** The epochs in which all members had nothing left to do, as whoever has finished tells it. */
function endsOf(evidence: Evidence): Set<number> {
  const told = sendingsOf(evidence).filter(({ kind }) => kind === 'DONE');
  return new Set(told.map(({ fields }) => numberOf(fields, 'epoch')));
}

/**
 * What is in the weights at the end, once for each view that the ring has ended in. That may be one that others have left:
 * the last of its members ends it, and what these go on with comes to nothing, or to a second end with the same weights.
 * Left out are ends of which the logs alone do not tell.
 */
export function finalLineages(evidence: Evidence): IsFinal[] {
  const decided = decidedViews(evidence);
  const ends = [...endsOf(evidence)];
  if (!goesOnByLog(decided.values()))
    return (ends.length > 0 ? ends : [Infinity]).map((end) => toldJobs(evidence, end));
  return ends.flatMap((end) => {
    const view = decided.get(end);
    return view === undefined || isTangled(evidence, end) ? [] : jobsOf(evidence, view);
  });
}

/** When each view was decided on, if anybody else was told of it. */
export function decidedNs(evidence: Evidence): Map<number, number> {
  const views = [...decidedViews(evidence).values()];
  return new Map(views.map(({ epoch, sentNs }) => [epoch, sentNs]));
}

/**
 * Whether on the way to a view one was decided on in which the ring never went on, or one without a node that later goes on
 * by log with what it had before: by the logs alone one cannot tell then which of its work is in the weights.
 */
function isTangled(evidence: Evidence, end: number): boolean {
  const views = [...decidedViews(evidence).values()]
    .filter(({ epoch }) => epoch <= end)
    .sort((one, other) => one.epoch - other.epoch);
  const recovered = notesOf<RecoveredNote>(evidence, NOTES.recovered).map(
    ({ value }) => value.epoch,
  );
  if (views.slice(1).some(({ epoch }) => !recovered.includes(epoch))) return true;
  return views.some(({ epoch, plan: { view, log } }) => {
    if (log === null) return false;
    const between = views.filter((each) => each.epoch > view.layout && each.epoch < epoch);
    const kept = view.nodes.filter((_, position) => !log.positions[position].rebuilt);
    return between.some(({ plan }) => kept.some((node) => !plan.view.nodes.includes(node)));
  });
}

/**
 * Tells of a job whether a view that was decided on has given it up. Where it is in the weights at the end all the same it
 * has revived: the view came to nothing, or a node that had stood still told of what it had done.
 */
export function givenUpJobs(evidence: Evidence): (job: RingJob) => boolean {
  const decided = decidedViews(evidence);
  const untold = epochsOf(evidence).filter(({ epoch }) => !decided.has(epoch));
  const views = [
    ...[...decided.values()].map(({ plan }) => plan.beginnings),
    ...untold.map(({ epoch, version }) => [{ epoch, version }]),
  ];
  return ({ node, epoch, fields }) =>
    views.some((beginnings) => redoneSince(beginnings, epoch, node) <= numberOf(fields, 'lineage'));
}
