/** What runs the jobs of a study, here or elsewhere. */
import type { RunOutcome } from '../../../reports/studies/run-outcome.ts';
import type { Job } from '../jobs.ts';

export interface JobRunner {
  /** Runs all jobs; resolves when they are done, or were abandoned. */
  run(): Promise<void>;
  /** Abandons what runs, and begins no other. */
  quit(): void;
}

/** What happens to jobs. */
export interface JobWatch {
  began(job: Job): void;
  /** Throwing ends the runner, and comes out of `run`. */
  ended(job: Job, outcome: RunOutcome): void;
  /** A defect of the program, or a thread that ran out of memory. */
  broke(job: Job, error: Error): void;
}

/** Long ones first, so that no core waits for the last one. */
export function longestFirst(jobs: readonly Job[]): Job[] {
  return [...jobs].sort((one, other) => other.weight - one.weight);
}
