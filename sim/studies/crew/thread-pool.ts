/** Threads that run jobs of studies, one job each at a time. */
import { createHash } from 'node:crypto';
import { totalmem } from 'node:os';
import Tinypool from 'tinypool';
import type { RunOutcome } from '../../../reports/studies/run-outcome.ts';
import { versions } from '../../output/versions.ts';
import { bundleModule, codeOf } from '../../worlds/bundle.ts';
import type { Job } from '../jobs.ts';

const ENTRY = new URL('./study-worker.ts', import.meta.url).href;
const ROOT = new URL('../../../', import.meta.url).href;

/** Builds the threads' code: not while signals are held, for they end the compiler's process too. */
export async function warmUp(): Promise<void> {
  await bundleModule(ENTRY);
}

/** Equal where a job has equal results: a digest of the threads' code, wherever it lies, and of Node's version. */
export async function codeDigest(): Promise<string> {
  const code = codeOf(await bundleModule(ENTRY));
  const [url, path] = [ROOT, new URL(ROOT).pathname];
  const text = code.replaceAll(url, '').replaceAll(path, '');
  return createHash('sha256').update(versions().node).update(text).digest('hex').slice(0, 12);
}

export class ThreadPool {
  private readonly pool: Tinypool;

  private constructor(pool: Tinypool) {
    this.pool = pool;
  }

  static async open(threads: number): Promise<ThreadPool> {
    const entry = await bundleModule(ENTRY);
    const memory = Math.floor((0.8 * totalmem()) / 2 ** 20 / threads);
    const pool = new Tinypool({
      filename: entry.href,
      minThreads: threads,
      maxThreads: threads,
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: memory },
    });
    return new ThreadPool(pool);
  }

  /** Rejects for a defect of the program, or a thread that ran out of memory. */
  async run(job: Job): Promise<RunOutcome> {
    return (await this.pool.run(job)) as RunOutcome;
  }

  /** Abandons what runs. */
  async close(): Promise<void> {
    await this.pool.destroy().catch(() => {});
  }
}
