/**
 * PROTOCOLS C, the majority rule: who goes on has what was done, or those who did it with it. Or it says that this is
 * lost: a majority does not wait for ever for the state of those who may only be cut off.
 */
import { NOTES, type IterationNote } from '../../../spec/notes.ts';
import type { RecoveredNote } from '../../../spec/notes.ts';
import { initiatorOf } from '../../../membership/epoch.ts';
import type { Claim } from '../../../claims/claim.ts';
import { notesOf, type Evidence } from '../../../claims/evidence.ts';
import { ringJobs } from './lineage.ts';
import { type RingDecided, ringViews } from './plans.ts';

/** Whether a node has had its memory all the time between. */
function remembers({ faults }: Evidence, node: number, fromNs: number, toNs: number): boolean {
  return !faults.some(
    ({ kind, nodes, timeNs }) =>
      kind === 'crash' && nodes.includes(node) && timeNs >= fromNs && timeNs <= toNs,
  );
}

/** Whether the one who has decided on that view has said in that very repair that state is lost. */
function isSaidLost(evidence: Evidence, epoch: number, decidedAtNs: number): boolean {
  const initiator = initiatorOf(epoch);
  // A host that is back with nothing notes no repair, and asks for promises like any other.
  const begun = evidence.messages.find(
    ({ kind, fields }) => kind === 'PREPARE' && fields.epoch === epoch,
  );
  return notesOf(evidence, NOTES.lost).some(
    ({ node, timeNs }) =>
      node === initiator && begun && timeNs >= begun.sentNs && timeNs <= decidedAtNs,
  );
}

/** The views newer than that work which those knew of who decided on a view: it may go on from what one of them gave up. */
function followed({ known }: RingDecided, workEpoch: number): number[] {
  return known.map(({ epoch }) => epoch).filter((epoch) => epoch > workEpoch);
}

export const oneHistory: Claim<'epochs'> = {
  name: 'one-history',
  says: 'no view goes on without what was told of two iterations before, while a node that lives on without it has it, unless it says that state is lost',
  examines: ['epochs'],
  broken(evidence, saw) {
    const decided = ringViews(evidence);
    const told = notesOf<IterationNote>(evidence, NOTES.iteration);
    const updates = ringJobs(evidence).filter(({ pass }) => pass === 'update');
    for (const { timeNs, value } of notesOf<RecoveredNote>(evidence, NOTES.recovered)) {
      saw('epochs');
      const { epoch, version, members } = value;
      const view = decided.get(epoch);
      const atNs = view?.sentNs ?? timeNs;
      const done = told.filter((note) => note.timeNs < atNs && note.value.iteration > version);
      const owner = updates.find(
        (job) =>
          job.epoch < epoch &&
          !members.includes(job.node) &&
          done.some(
            (note) => note.value.iteration === job.iteration && note.value.epoch === job.epoch,
          ) &&
          remembers(evidence, job.node, job.endNs, atNs),
      );
      if (owner === undefined || isSaidLost(evidence, epoch, atNs)) continue;
      const older = view === undefined ? [] : followed(view, owner.epoch);
      if (!older.some((each) => isSaidLost(evidence, each, decided.get(each)?.sentNs ?? atNs)))
        return `epoch ${epoch} goes on from version ${version}, and node ${owner.node} had made step ${owner.iteration} at ${owner.endNs} ns and is left out`;
    }
    return null;
  },
};
