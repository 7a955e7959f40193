/**
 * Whether what struck a run lies within what its protocol promises (PROTOCOLS C and D), so that it must finish. Wary:
 * where it is hard to tell the answer is no, and the run may give up, though never in silence.
 */
import type { InjectedFault } from '../../engine/faults/fault-rule.ts';
import { NOTES, type IterationNote, type SuspectedNote } from '../spec/notes.ts';
import type { RecoveredNote, RepairNote } from '../spec/notes.ts';
import { notesOf, type Evidence } from './evidence.ts';
import { decidedViews } from './decided-views.ts';

/** What a protocol promises, in the terms in which it does so. */
export interface Promised {
  /** Whether those of a view who are left go on without these, who are all out at one time. */
  goesOn(evidence: Evidence, members: readonly number[], out: ReadonlySet<number>): boolean;
  /** Whether an iteration that is told of after that view began shows that the view is whole. */
  proves(told: IterationNote, view: RecoveredNote): boolean;
}

/** Faults that only delay or double what is sent, while no beat is kept away for long. */
const HARMLESS: readonly string[] = ['slow', 'duplicate', 'reorder', 'degrade'];
/** With a greater share of frames lost, silences come about by chance. */
const LIGHT_LOSS = 0.05;

/** A node whose state is gone, or that is fenced off, until training has gone on without it or with it anew. */
interface Wound {
  readonly node: number;
  readonly fromNs: number;
  /** Infinity: never. */
  readonly toNs: number;
}

/** Whether all that struck the wires can do no more than delay. */
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

/** Whether that view goes on without the node that was struck, or with it anew: one that has yet to notice does neither. */
function heals(
  { timeNs, value }: Recovery,
  node: number,
  { timeNs: fromNs, endNs }: InjectedFault,
) {
  if (timeNs <= fromNs) return false;
  return !value.members.includes(node) || (endNs !== null && endNs <= timeNs);
}

/** When an iteration has ended in a new view that is over the wound of that node. */
function mendedNs(
  evidence: Evidence,
  { proves }: Promised,
  node: number,
  fault: InjectedFault,
): number {
  const recovered = notesOf<RecoveredNote>(evidence, NOTES.recovered).filter((note) =>
    heals(note, node, fault),
  );
  // A view may be given up again before it ends an iteration: then it has mended nothing.
  const commit = notesOf<IterationNote>(evidence, NOTES.iteration).find(({ timeNs, value }) =>
    recovered.some((view) => view.timeNs < timeNs && proves(value, view.value)),
  );
  return commit?.timeNs ?? Infinity;
}

/** Crashes, and pauses that somebody took for one. */
function woundsOf(evidence: Evidence, promised: Promised): Wound[] {
  const suspicions = notesOf<SuspectedNote>(evidence, NOTES.suspected);
  const suspectedAfter = (node: number, fromNs: number): boolean =>
    suspicions.some(({ timeNs, value }) => value.peer === node && timeNs >= fromNs);
  return evidence.faults.flatMap((fault) => {
    const { kind, nodes, timeNs: fromNs } = fault;
    if (kind !== 'crash' && kind !== 'pause') return [];
    return nodes
      .filter((node) => kind === 'crash' || suspectedAfter(node, fromNs))
      .map((node) => ({ node, fromNs, toNs: mendedNs(evidence, promised, node, fault) }));
  });
}

/** The members of the view before the first time and of all up to the second, each in order of the ring. */
function membersBetween(evidence: Evidence, fromNs: number, toNs: number): (readonly number[])[] {
  const views = notesOf<RecoveredNote>(evidence, NOTES.recovered);
  const before = views.filter(({ timeNs }) => timeNs < fromNs).slice(-1);
  const since = views.filter(({ timeNs }) => timeNs >= fromNs && timeNs <= toNs);
  const all = evidence.roles.map((_, node) => node);
  const members = [...before, ...since].map(({ value }) => value.members);
  return before.length === 0 ? [all, ...members] : members;
}

/** A view that takes somebody in, while nobody can know that all its members are in it. */
interface Unproven {
  readonly fromNs: number;
  readonly toNs: number;
  readonly size: number;
  /** Those who remember older views. */
  readonly voters: readonly number[];
}

/** A view is unproven from the repair that leads to it until an iteration has ended in it or in a newer one. */
function unprovenViews(evidence: Evidence): Unproven[] {
  const repairs = notesOf<RepairNote>(evidence, NOTES.repair);
  const told = notesOf<IterationNote>(evidence, NOTES.iteration);
  return [...decidedViews(evidence).values()]
    .filter(({ joined }) => joined.length > 0)
    .map(({ epoch, sentNs, members, joined }) => ({
      fromNs: repairs.find(({ value }) => value.epoch === epoch)?.timeNs ?? sentNs,
      toNs: told.find(({ value }) => (value.epoch ?? 0) >= epoch)?.timeNs ?? Infinity,
      size: members.length,
      voters: members.filter((member) => !joined.includes(member)),
    }));
}

/**
 * Whether those who remember are enough without these. A view that one member knows of counts for all, and whoever is
 * taken in by it has no vote until it is in it: it may have forgotten anything.
 */
const hasVotes = ({ voters, size }: Unproven, out: ReadonlySet<number>): boolean =>
  2 * voters.filter((voter) => !out.has(voter)).length > size;

/** Whether that protocol promises to survive what struck the run. */
export function isPromised(evidence: Evidence, promised: Promised): boolean {
  if (!wiresHold(evidence)) return false;
  const wounds = woundsOf(evidence, promised);
  const unproven = unprovenViews(evidence);
  return wounds.every(({ fromNs }) => {
    const open = wounds.filter((one) => one.fromNs <= fromNs && one.toNs >= fromNs);
    const out = new Set(open.map(({ node }) => node));
    const views = membersBetween(evidence, Math.min(...open.map((one) => one.fromNs)), fromNs);
    const begun = unproven.filter((view) => view.fromNs <= fromNs && view.toNs >= fromNs);
    return (
      views.every((members) => promised.goesOn(evidence, members, out)) &&
      begun.every((view) => hasVotes(view, out))
    );
  });
}
