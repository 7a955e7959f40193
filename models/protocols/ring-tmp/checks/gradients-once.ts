/** I3 and I4 of PROTOCOLS A.4 and C. */
import type { Claim } from '../../../claims/claim.ts';
import { ringJobs, type RingJob } from './lineage.ts';
import { finalLineages } from './plans.ts';

/** Where runs of blocks leave a gap in [0, end) or lie over each other; null where they cover it once. */
function uncovered(jobs: readonly RingJob[], end: number): string | null {
  const runs = jobs.map(({ low, high }) => [low, high]).sort((one, other) => one[0] - other[0]);
  let next = 0;
  for (const [low, high] of runs) {
    if (low > next) return `blocks ${next} to ${low} are left out`;
    if (low < next) return `blocks ${low} to ${Math.min(next, high)} come twice`;
    next = high;
  }
  return next === end ? null : `blocks ${next} to ${end} are left out`;
}

function blockCount(jobs: readonly RingJob[]): number {
  return Math.max(0, ...jobs.map(({ high }) => high).filter(Number.isFinite));
}

/** `done` are the jobs of that iteration that are in the weights at the end, `end` is the number of blocks. */
function ofIteration(
  done: readonly RingJob[],
  iteration: number,
  microBatches: number,
  end: number,
) {
  for (let microBatch = 0; microBatch < microBatches; microBatch++) {
    const backwards = done.filter(
      (job) => job.pass === 'backward' && job.microBatch === microBatch,
    );
    const fault = uncovered(backwards, end);
    if (fault) return `backward ${iteration}/${microBatch}: ${fault}`;
  }
  const updates = done.filter(({ pass }) => pass === 'update');
  const fault = uncovered(updates, end);
  if (fault) return `update ${iteration}: ${fault}`;
  for (const { node, low } of updates) {
    const own = done.filter((job) => job.low === low && job.pass === 'backward');
    const falling = own.some((job, at) => at > 0 && job.microBatch < own[at - 1].microBatch);
    if (falling) return `node ${node} added the gradients of iteration ${iteration} out of order`;
  }
  return null;
}

export const gradientsOnce: Claim<'iterations'> = {
  name: 'gradients-once',
  says: 'I3, I4: in the final lineage of a finished run every gradient of every block is added once, in ascending order',
  examines: ['iterations'],
  broken(evidence, saw) {
    if (evidence.run.result.outcome !== 'finished') return null;
    const jobs = ringJobs(evidence);
    if (jobs.some(({ low }) => Number.isNaN(low))) return null;
    const { iterations, microBatches } = evidence.scenario.training;
    const end = blockCount(jobs);
    for (const isFinal of finalLineages(evidence)) {
      const final = jobs.filter(isFinal);
      for (let iteration = 0; iteration < iterations; iteration++) {
        saw('iterations');
        const done = final.filter((job) => job.iteration === iteration);
        const fault = ofIteration(done, iteration, microBatches, end);
        if (fault) return fault;
      }
    }
    return null;
  },
};
