/** PROTOCOLS C, the majority rule: what an older epoch commits after a newer one has is a second history. */
import { NOTES, type IterationNote } from '../../../spec/notes.ts';
import type { Claim } from '../../../claims/claim.ts';
import { notesOf } from '../../../claims/evidence.ts';
import { ringJobs } from './lineage.ts';

export const oneSideCommits: Claim<'iterations'> = {
  name: 'one-side-commits',
  says: 'once an iteration is done in an epoch, none is gone through in an older one: of a partition one side commits at most',
  examines: ['iterations'],
  broken(evidence, saw) {
    const updates = ringJobs(evidence).filter(({ pass }) => pass === 'update');
    let newest = { epoch: -1, node: -1, timeNs: 0 };
    for (const { node, timeNs, value } of notesOf<IterationNote>(evidence, NOTES.iteration)) {
      const own = updates.filter(
        (job) => job.node === node && job.endNs <= timeNs && job.iteration === value.iteration,
      );
      if (own.length === 0) continue;
      saw('iterations');
      const { epoch, iteration } = own[own.length - 1];
      if (epoch >= newest.epoch) newest = { epoch, node, timeNs };
      // A node that was taken for dead may end what all others had done before: that is no second history.
      const done = updates.filter((job) => job.epoch === epoch && job.iteration === iteration);
      if (epoch < newest.epoch && done.every(({ endNs }) => endNs > newest.timeNs))
        return `node ${node} ended iteration ${iteration} in epoch ${epoch} at ${timeNs} ns, node ${newest.node} one in epoch ${newest.epoch} at ${newest.timeNs}`;
    }
    return null;
  },
};
