/** No run ends without a reason: it finishes, or says why it cannot. A claim for each bad ending. */
import { NOTES, type RecoveredNote } from '../../../models/spec/notes.ts';
import { talks, type Claim } from '../../../models/claims/claim.ts';
import { notesOf, type Evidence } from '../../../models/claims/evidence.ts';

/** Faults without end that can separate nodes for ever. */
function isPartedForGood({ faults }: Evidence): boolean {
  const parting: readonly string[] = ['crash', 'cut', 'partition', 'loss'];
  return faults.some(({ kind, endNs }) => endNs === null && parting.includes(kind));
}

/** Faults without end that the protocol says it waits for: so it does, and no node has to say why. */
function waitsForEver({ faults, survives }: Evidence): boolean {
  return faults.some(
    ({ kind, endNs }) =>
      endNs === null && (kind === 'cut' || kind === 'partition') && survives[kind] === 'waits',
  );
}

/** A fault that the protocol says it does not survive: the world ends the run, and says why. */
function isNotSurvived({ faults, survives }: Evidence): boolean {
  return faults.some(({ kind, nodes }) => nodes.length > 0 && survives[kind] === 'ends');
}

/** Whether all nodes that have anything to do are gone for good. */
function allGone({ faults, roles }: Evidence): boolean {
  const fatal = faults.filter(({ kind, endNs }) => kind === 'crash' && endNs === null);
  const gone = new Set(fatal.flatMap(({ nodes }) => nodes));
  return roles.every((role, node) => role === 'spare' || gone.has(node));
}

export const runEnds: Claim<'runs'> = {
  name: 'run-ends',
  says: 'a run has an end',
  examines: ['runs'],
  broken({ run: { result, endless } }, saw) {
    saw('runs');
    if (endless) return `the run had no end after ${result.events} events and ${result.timeNs} ns`;
    const { outcome } = result;
    return outcome === 'finished' || outcome === 'failed' ? null : `the run ended as '${outcome}'`;
  },
};

/** Silences within which a node that went on in vain notes again why it halts. */
const SILENCES_TO_SAY = 10;

/** Whether a node has noted what is lost or why it halts, and has not gone on with training since. */
function saidWhy(evidence: Evidence): boolean {
  const { detector, jobs, run } = evidence;
  const silenceNs = detector === null ? 0 : detector.heartbeatNs * detector.misses;
  // A node that has only just gone on, without a job done since, may still find out that it cannot.
  const isTold = (goneOnNs: number) =>
    goneOnNs < run.result.timeNs - SILENCES_TO_SAY * silenceNs ||
    jobs.some(({ endNs }) => endNs >= goneOnNs);
  // A view may be decided with a node that has left by then: such a node sends nothing in it.
  const wentOn = (one: number, view: number, sinceNs: number) =>
    evidence.messages.some(
      ({ from, sentNs, fields }) => from === one && sentNs >= sinceNs && fields.epoch === view,
    );
  const recoveries = notesOf<RecoveredNote>(evidence, NOTES.recovered);
  return evidence.notes.some(
    ({ node, timeNs, name }) =>
      (name === NOTES.halted || name === NOTES.lost) &&
      !recoveries.some(
        (note) =>
          note.timeNs >= timeNs &&
          isTold(note.timeNs) &&
          note.value.members.includes(node) &&
          (node === note.node || wentOn(node, note.value.epoch, timeNs)),
      ),
  );
}

export const noDeadlock: Claim<'deadlocks'> = {
  name: 'no-deadlock',
  says: 'a run stalls only where nodes are parted for good, and then its protocol waits for that, or one that is left has noted what is lost or why it halts',
  about: talks,
  examines: ['deadlocks'],
  broken(evidence, saw) {
    const { failure } = evidence.run.result;
    if (failure?.kind !== 'deadlock') return null;
    saw('deadlocks');
    if (waitsForEver(evidence)) return null;
    if (isPartedForGood(evidence) && saidWhy(evidence)) return null;
    const standing = failure.nodes.map(
      ({ node, phase, waitsFor }) => `${node} ${phase}: ${waitsFor}`,
    );
    return `${failure.message} (${standing.join('; ')})`;
  },
};

export const noError: Claim<'runs'> = {
  name: 'no-error',
  says: 'no handler throws, and no ledger overflows where memory has no bounds',
  examines: ['runs'],
  broken(evidence, saw) {
    const { failure } = evidence.run.result;
    saw('runs');
    if (failure === null || failure.kind === 'deadlock' || failure.kind === 'given-up') return null;
    if (failure.kind === 'error' && failure.node === null && allGone(evidence)) return null;
    return `${failure.kind}: ${failure.message}`;
  },
};

export const givesUpWithReason: Claim<'runs'> = {
  name: 'gives-up-with-reason',
  says: 'a run is given up only after a node has noted what is lost or why it halts, or by a fault that the protocol does not survive',
  about: talks,
  examines: ['runs'],
  broken(evidence, saw) {
    const { failure } = evidence.run.result;
    if (failure?.kind !== 'given-up') return null;
    saw('runs');
    return isNotSurvived(evidence) || saidWhy(evidence)
      ? null
      : `given up ('${failure.message}'), and no node noted what is lost or why it halts`;
  },
};
