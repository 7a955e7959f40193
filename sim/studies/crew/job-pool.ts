/** Hands the jobs of a study to threads, the longest first. It knows nothing of where results go. */
import type { RunOutcome } from '../../../reports/studies/run-outcome.ts';
import { longestFirst, type JobRunner, type JobWatch } from './job-runner.ts';
import type { Job } from '../jobs.ts';
import { ThreadPool } from './thread-pool.ts';

export class JobPool implements JobRunner {
  private readonly watch: JobWatch;
  private readonly threads: number;
  private readonly waiting: Job[];
  private pool: ThreadPool | null = null;
  private isOver = false;

  constructor(jobs: readonly Job[], threads: number, watch: JobWatch) {
    this.waiting = longestFirst(jobs);
    this.threads = Math.min(threads, jobs.length);
    this.watch = watch;
  }

  async run(): Promise<void> {
    if (this.threads === 0) return;
    this.pool = await ThreadPool.open(this.threads);
    try {
      await Promise.all(Array.from({ length: this.threads }, () => this.serve(this.pool!)));
    } finally {
      this.isOver = true;
      await this.pool.close();
    }
  }

  quit(): void {
    this.isOver = true;
    void this.pool?.close();
  }

  private async serve(pool: ThreadPool): Promise<void> {
    for (let job = this.waiting.shift(); job && !this.isOver; job = this.waiting.shift()) {
      this.watch.began(job);
      let outcome: RunOutcome;
      try {
        outcome = await pool.run(job);
      } catch (error) {
        if (this.isOver) return;
        this.watch.broke(job, error as Error);
        continue;
      }
      this.watch.ended(job, outcome);
    }
  }
}
