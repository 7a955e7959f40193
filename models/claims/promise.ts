/**
 * Whether a protocol promises to survive the faults of a run (PROTOCOLS C and D), so that the run must finish. It is
 * conservative: where that is hard to tell the answer is no, and the run may fail, though never without a reason.
 */
import type { InjectedFault } from '../../engine/faults/fault-rule.ts';
import { NOTES, type IterationNote, type SuspectedNote } from '../spec/notes.ts';
import type { RecoveredNote } from '../spec/notes.ts';
import { notesOf, type Evidence } from './evidence.ts';

/** What a protocol promises. */
export interface Promised {
  /** Whether the members of a view can go on without the nodes in `out`, which are all missing at the same time. */
  goesOn(evidence: Evidence, members: readonly number[], out: ReadonlySet<number>): boolean;
}

/** Faults that only delay or duplicate messages, without keeping heartbeats away for long. */
const HARMLESS: readonly string[] = ['slow', 'duplicate', 'reorder', 'degrade'];
/** With a greater loss probability, chance alone brings silences about. */
const LIGHT_LOSS = 0.05;

/**
 * The time in which a node is missing: its state is gone, or it is fenced off, until training has gone on without it
 * or with it anew.
 */
interface Outage {
  readonly node: number;
  readonly fromNs: number;
  /** Infinity: never. */
  readonly toNs: number;
}

/** Whether the wire faults can only delay. */
function wiresHold({ faults, scenario }: Evidence): boolean {
  const heavy = scenario.faults.some(
    (fault) => 'probability' in fault && fault.kind === 'loss' && fault.probability! > LIGHT_LOSS,
  );
  return faults.every(({ kind, endNs }) => {
    if (kind === 'crash' || kind === 'pause') return true;
    if (kind === 'loss') return !heavy;
    return HARMLESS.includes(kind) && (kind !== 'degrade' || endNs !== null);
  });
}

type Recovery = ReturnType<typeof notesOf<RecoveredNote>>[number];

/** The views that began. Where a view stays as it is, who of its members is heard changes no majority. */
function viewsOf(evidence: Evidence): Recovery[] {
  const recovered = notesOf<RecoveredNote>(evidence, NOTES.recovered);
  return recovered.filter(({ value }) => !value.viewStays);
}

/** Whether that view goes on without the node, or with it anew. A view that has not noticed the fault does neither. */
function recoversFrom(
  { timeNs, value }: Recovery,
  node: number,
  { timeNs: fromNs, endNs }: InjectedFault,
) {
  if (timeNs <= fromNs) return false;
  return !value.members.includes(node) || (endNs !== null && endNs <= timeNs);
}

/** When an iteration was told of in that view, so that all its members have what they need; Infinity: never. */
function provenNs(evidence: Evidence, { timeNs, value }: Recovery): number {
  const commit = notesOf<IterationNote>(evidence, NOTES.iteration).find(
    (told) => told.timeNs > timeNs && told.value.epoch === value.epoch,
  );
  return commit?.timeNs ?? Infinity;
}

/** When a view that has recovered from the fault on that node was proven: it may be abandoned before it is. */
function recoveredNs(evidence: Evidence, node: number, fault: InjectedFault): number {
  const recovered = viewsOf(evidence).filter((note) => recoversFrom(note, node, fault));
  return Math.min(Infinity, ...recovered.map((view) => provenNs(evidence, view)));
}

/** Crashes, and pauses that were taken for crashes. */
function outagesOf(evidence: Evidence): Outage[] {
  const suspicions = notesOf<SuspectedNote>(evidence, NOTES.suspected);
  const suspectedAfter = (node: number, fromNs: number): boolean =>
    suspicions.some(({ timeNs, value }) => value.peer === node && timeNs >= fromNs);
  return evidence.faults.flatMap((fault) => {
    const { kind, nodes, timeNs: fromNs } = fault;
    if (kind !== 'crash' && kind !== 'pause') return [];
    return nodes
      .filter((node) => kind === 'crash' || suspectedAfter(node, fromNs))
      .map((node) => ({ node, fromNs, toNs: recoveredNs(evidence, node, fault) }));
  });
}

/**
 * Members of the newest view that was proven before `fromNs`, for until another is the state is with them, and of each view
 * up to `toNs` that is newer, in ring order.
 */
function membersBetween(evidence: Evidence, fromNs: number, toNs: number): (readonly number[])[] {
  const views = viewsOf(evidence).filter(({ timeNs }) => timeNs <= toNs);
  const newest = views.findLastIndex((view) => provenNs(evidence, view) < fromNs);
  const all = evidence.roles.map((_, node) => node);
  const members = views.slice(Math.max(0, newest)).map(({ value }) => value.members);
  return newest < 0 ? [all, ...members] : members;
}

/** Whether that protocol promises to survive the faults of the run. */
export function isPromised(evidence: Evidence, promised: Promised): boolean {
  if (!wiresHold(evidence)) return false;
  const outages = outagesOf(evidence);
  return outages.every(({ fromNs }) => {
    const open = outages.filter((one) => one.fromNs <= fromNs && one.toNs >= fromNs);
    const out = new Set(open.map(({ node }) => node));
    const views = membersBetween(evidence, Math.min(...open.map((one) => one.fromNs)), fromNs);
    return views.every((members) => promised.goesOn(evidence, members, out));
  });
}
