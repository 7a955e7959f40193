/** I3 and I4 of PROTOCOLS A.4 and C. */
import type { Claim } from '../../../claims/claim.ts';
import { ringJobs, type RingJob, ringsOf } from './lineage.ts';
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

/**
 * The updates without those that another ring has made as well: all rings make the same, and those that have not when others
 * go on to the next view get it from them.
 */
function onceOverRings(updates: readonly RingJob[], rings: number): RingJob[] {
  const kept: RingJob[] = [];
  for (let ring = 0; ring < rings; ring++) {
    const known = new Set(kept.map(({ low }) => low));
    kept.push(...updates.filter((job) => job.ring === ring && !known.has(job.low)));
  }
  return kept;
}

interface Batch {
  readonly microBatches: number;
  readonly rings: number;
  /** Blocks of the line. */
  readonly end: number;
}

/** `done` are the jobs of that iteration that are in the weights at the end. */
function ofIteration(done: readonly RingJob[], iteration: number, batch: Batch) {
  const { microBatches, rings, end } = batch;
  for (let microBatch = 0; microBatch < microBatches; microBatch++) {
    const backwards = done.filter(
      (job) => job.pass === 'backward' && job.microBatch === microBatch,
    );
    const fault = uncovered(backwards, end);
    if (fault) return `backward ${iteration}/${microBatch}: ${fault}`;
  }
  const updates = done.filter(({ pass }) => pass === 'update');
  const fault = uncovered(onceOverRings(updates, rings), end);
  if (fault) return `update ${iteration}: ${fault}`;
  for (const { node, low, ring } of updates) {
    const own = done.filter(
      (job) => job.low === low && job.ring === ring && job.pass === 'backward',
    );
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
    const batch = { microBatches, rings: ringsOf(evidence), end: blockCount(jobs) };
    for (const isFinal of finalLineages(evidence)) {
      const final = jobs.filter(isFinal);
      for (let iteration = 0; iteration < iterations; iteration++) {
        saw('iterations');
        const done = final.filter((job) => job.iteration === iteration);
        const fault = ofIteration(done, iteration, batch);
        if (fault) return fault;
      }
    }
    return null;
  },
};
