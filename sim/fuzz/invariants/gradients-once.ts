/** I3 and I4 of PROTOCOLS A.4 and C. */
import { isRing, type Claim } from '../claim.ts';
import type { Evidence } from '../evidence.ts';
import { finalEpochs, ringJobs, type RingJob } from '../ring-lineage.ts';

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

function ofIteration(evidence: Evidence, jobs: RingJob[], iteration: number): string | null {
  const end = blockCount(jobs);
  const epoch = finalEpochs(evidence).get(iteration);
  const done = jobs.filter((job) => job.iteration === iteration && job.epoch === epoch);
  const { microBatches } = evidence.scenario.training;
  for (let microBatch = 0; microBatch < microBatches; microBatch++) {
    const backwards = done.filter(
      (job) => job.pass === 'backward' && job.microBatch === microBatch,
    );
    const fault = uncovered(backwards, end);
    if (fault) return `backward ${iteration}/${microBatch} in epoch ${epoch}: ${fault}`;
  }
  const updates = done.filter(({ pass }) => pass === 'update');
  const fault = uncovered(updates, end);
  if (fault) return `update ${iteration} in epoch ${epoch}: ${fault}`;
  for (const { node } of updates) {
    const own = done.filter((job) => job.node === node && job.pass === 'backward');
    const falling = own.some((job, at) => at > 0 && job.microBatch < own[at - 1].microBatch);
    if (falling) return `node ${node} added the gradients of iteration ${iteration} out of order`;
  }
  return null;
}

export const gradientsOnce: Claim = {
  name: 'gradients-once',
  says: 'I3, I4: in the final lineage of a finished run every gradient of every block is added once, in ascending order',
  broken(evidence) {
    const finished = evidence.run.result.outcome === 'finished';
    // A repair by log keeps what living nodes have done of an iteration: its lineage goes over epochs.
    if (!isRing(evidence) || !finished || evidence.protocol.repair === 'log') return null;
    const jobs = ringJobs(evidence);
    if (jobs.some(({ low }) => Number.isNaN(low))) return null;
    for (let iteration = 0; iteration < evidence.scenario.training.iterations; iteration++) {
      const fault = ofIteration(evidence, jobs, iteration);
      if (fault) return fault;
    }
    return null;
  },
};
