/**
 * Whether what struck a run lies within what its protocol promises (PROTOCOLS C and D), so that it must finish. Wary:
 * where it is hard to tell the answer is no, and the run may give up, though never in silence.
 */
import type { FaultStrike } from '../../engine/faults/fault-rule.ts';
import { NOTES, type IterationNote, type RecoveredNote } from '../../models/notes.ts';
import { notesOf, type Evidence } from './evidence.ts';

/** Faults that only delay or double what is sent, while no beat is kept away for long. */
const HARMLESS: readonly string[] = ['slow', 'duplicate', 'reorder', 'degrade', 'loss'];

/** Blows that take a node's state away, or may have it fenced off. */
interface Blow {
  readonly node: number;
  readonly timeNs: number;
}

function blowsOf({ strikes }: Evidence): Blow[] {
  return strikes
    .filter(({ kind }) => kind === 'crash' || kind === 'pause')
    .flatMap(({ nodes, timeNs }) => nodes.map((node) => ({ node, timeNs })));
}

/** A strike that may keep nodes apart for good, or a loss so heavy that they take each other for dead. */
function parts({ kind, endNs }: FaultStrike, evidence: Evidence): boolean {
  if (kind === 'crash' || kind === 'pause') return false;
  if (kind === 'loss') return heaviestLoss(evidence) > 0.05;
  return !HARMLESS.includes(kind) || (kind === 'degrade' && endNs === null);
}

function heaviestLoss({ scenario }: Evidence): number {
  const losses = scenario.faults.map((fault) =>
    'probability' in fault && fault.kind === 'loss' ? fault.probability : 0,
  );
  return Math.max(0, ...losses);
}

/** When what a blow has torn is whole again: an iteration has ended after training went on without the node, or with it anew. */
function mendedNs(evidence: Evidence, { timeNs }: Blow): number {
  const recovered = notesOf<RecoveredNote>(evidence, NOTES.recovered).find(
    (note) => note.timeNs > timeNs,
  );
  if (recovered === undefined) return Infinity;
  const commit = notesOf<IterationNote>(evidence, NOTES.iteration).find(
    (note) => note.timeNs > recovered.timeNs,
  );
  return commit?.timeNs ?? Infinity;
}

/** The most different nodes that are torn out at one time. */
function mostAtOnce(evidence: Evidence, blows: readonly Blow[]): number {
  let most = 0;
  for (const { timeNs } of blows) {
    const open = blows.filter(
      (blow) => blow.timeNs <= timeNs && mendedNs(evidence, blow) >= timeNs,
    );
    most = Math.max(most, new Set(open.map(({ node }) => node)).size);
  }
  return most;
}

export function isPromised(evidence: Evidence): boolean {
  const { protocol, roles, strikes } = evidence;
  if (strikes.some((strike) => parts(strike, evidence))) return false;
  const blows = blowsOf(evidence);
  if (blows.length === 0) return true;
  const most = mostAtOnce(evidence, blows);
  const replicas = Number(protocol.replicas ?? 0);
  const dead = new Set(blows.map(({ node }) => node)).size;
  return protocol.kind === 'ring-tmp' && most <= replicas && 2 * dead < roles.length;
}
