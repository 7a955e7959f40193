/** Who runs the jobs of a study: threads of this process, or workers of a queue. */
import { formatCounted } from '../../../engine/format.ts';
import { JobPool } from './job-pool.ts';
import type { JobRunner, JobWatch } from './job-runner.ts';
import type { Job } from '../jobs.ts';
import type { QueueAddress } from '../queue/address.ts';
import { warmUp } from './thread-pool.ts';

export interface Crew {
  /** Such as '2 threads'. */
  called(jobs: number): string;
  /** @param say prints a line */
  runnerOf(jobs: readonly Job[], watch: JobWatch, say: (line: string) => void): JobRunner;
}

/** So many threads; made ready before signals are held. */
export async function localCrew(threads: number): Promise<Crew> {
  await warmUp();
  return {
    called: (jobs) => formatCounted(Math.min(threads, jobs), 'thread'),
    runnerOf: (jobs, watch) => new JobPool(jobs, threads, watch),
  };
}

/**
 * Workers of the queue at that address. What speaks to it takes a second to load, and is loaded here alone.
 * @param resumes whether results that lie in the queue are taken
 * @throws BadInput when it cannot be reached
 */
export async function queueCrew(address: QueueAddress, resumes: boolean): Promise<Crew> {
  const [{ JobQueue }, { tryRedis }] = await Promise.all([
    import('../queue/job-queue.ts'),
    import('../queue/redis.ts'),
    warmUp(),
  ]);
  await tryRedis(address);
  return {
    called: () => `by workers of ${address.shown}`,
    runnerOf: (jobs, watch, say) => new JobQueue(jobs, { address, resumes, say }, watch),
  };
}
