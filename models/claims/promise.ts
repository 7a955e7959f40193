/**
 * Whether what struck a run lies within what its protocol promises (PROTOCOLS C and D), so that it must finish. Wary:
 * where it is hard to tell the answer is no, and the run may give up, though never in silence.
 */
import type { FaultStrike } from '../../engine/faults/fault-rule.ts';
import { NOTES, type IterationNote, type SuspectedNote } from '../spec/notes.ts';
import type { RecoveredNote } from '../spec/notes.ts';
import { notesOf, type Evidence } from './evidence.ts';

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
function wiresHold({ strikes, scenario }: Evidence): boolean {
  const heavy = scenario.faults.some(
    (fault) => 'probability' in fault && fault.kind === 'loss' && fault.probability! > LIGHT_LOSS,
  );
  return strikes.every(({ kind, endNs }) => {
    if (kind === 'crash' || kind === 'pause') return true;
    if (kind === 'loss') return !heavy;
    return HARMLESS.includes(kind) && (kind !== 'degrade' || endNs !== null);
  });
}

type Recovery = ReturnType<typeof notesOf<RecoveredNote>>[number];

/** Whether that view goes on without the node that was struck, or with it anew: one that has yet to notice does neither. */
function heals({ timeNs, value }: Recovery, node: number, { timeNs: fromNs, endNs }: FaultStrike) {
  if (timeNs <= fromNs) return false;
  return !value.members.includes(node) || (endNs !== null && endNs <= timeNs);
}

/** When an iteration has ended in a new view that is over the wound of that node. */
function mendedNs(
  evidence: Evidence,
  { proves }: Promised,
  node: number,
  strike: FaultStrike,
): number {
  const recovered = notesOf<RecoveredNote>(evidence, NOTES.recovered).filter((note) =>
    heals(note, node, strike),
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
  return evidence.strikes.flatMap((strike) => {
    const { kind, nodes, timeNs: fromNs } = strike;
    if (kind !== 'crash' && kind !== 'pause') return [];
    return nodes
      .filter((node) => kind === 'crash' || suspectedAfter(node, fromNs))
      .map((node) => ({ node, fromNs, toNs: mendedNs(evidence, promised, node, strike) }));
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

/** Whether that protocol promises to survive what struck the run. */
export function isPromised(evidence: Evidence, promised: Promised): boolean {
  if (!wiresHold(evidence)) return false;
  const wounds = woundsOf(evidence, promised);
  return wounds.every(({ fromNs }) => {
    const open = wounds.filter((one) => one.fromNs <= fromNs && one.toNs >= fromNs);
    const out = new Set(open.map(({ node }) => node));
    const views = membersBetween(evidence, Math.min(...open.map((one) => one.fromNs)), fromNs);
    return views.every((members) => promised.goesOn(evidence, members, out));
  });
}
