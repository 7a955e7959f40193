/** Hands the jobs of a study to threads, the longest first. It knows nothing of where results go. */
import { totalmem } from 'node:os';
import Tinypool from 'tinypool';
import { bundleModule } from '../worlds/bundle.ts';
import type { Job } from './jobs.ts';
import type { RunOutcome } from '../../reports/studies/run-outcome.ts';

const ENTRY = new URL('./study-worker.ts', import.meta.url).href;

/** Builds the threads' code: not while signals are held, for they end the compiler's process too. */
export async function warmUp(): Promise<void> {
  await bundleModule(ENTRY);
}

/** What happens to jobs. */
export interface PoolWatch {
  began(job: Job): void;
  /** Throwing ends the pool, and comes out of `done`. */
  ended(job: Job, outcome: RunOutcome): void;
  /** A defect of the program, or a thread that ran out of memory. */
  broke(job: Job, error: Error): void;
}

export class JobPool {
  private readonly watch: PoolWatch;
  private readonly threads: number;
  private readonly waiting: Job[];
  private pool: Tinypool | null = null;
  private isOver = false;

  constructor(jobs: readonly Job[], threads: number, watch: PoolWatch) {
    this.waiting = [...jobs].sort((one, other) => other.weight - one.weight);
    this.threads = Math.min(threads, jobs.length);
    this.watch = watch;
  }

  /** Runs all jobs; resolves when they are done, or were abandoned. */
  async run(): Promise<void> {
    if (this.threads === 0) return;
    const entry = await bundleModule(ENTRY);
    const memory = Math.floor((0.8 * totalmem()) / 2 ** 20 / this.threads);
    this.pool = new Tinypool({
      filename: entry.href,
      minThreads: this.threads,
      maxThreads: this.threads,
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: memory },
    });
    try {
      await Promise.all(Array.from({ length: this.threads }, () => this.serve(this.pool!)));
    } finally {
      this.isOver = true;
      await this.pool.destroy().catch(() => {});
    }
  }

  /** Abandons what runs, and begins no other. */
  quit(): void {
    this.isOver = true;
    void this.pool?.destroy().catch(() => {});
  }

  private async serve(pool: Tinypool): Promise<void> {
    for (let job = this.waiting.shift(); job && !this.isOver; job = this.waiting.shift()) {
      this.watch.began(job);
      let outcome: RunOutcome;
      try {
        outcome = (await pool.run(job)) as RunOutcome;
      } catch (error) {
        if (this.isOver) return;
        this.watch.broke(job, error as Error);
        continue;
      }
      this.watch.ended(job, outcome);
    }
  }
}
