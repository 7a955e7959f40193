/**
 * What a queue costs: the same short runs by a thread of this process, and by a worker that takes them from Redis, each
 * from the end of the first run to the end of the last.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JobPool } from '../sim/studies/crew/job-pool.ts';
import type { JobRunner, JobWatch } from '../sim/studies/crew/job-runner.ts';
import { jobsOf } from '../sim/studies/jobs.ts';
import { readQueue } from '../sim/studies/queue/address.ts';
import { JobQueue } from '../sim/studies/queue/job-queue.ts';
import { resolveStudy } from '../sim/studies/study-schema.ts';
import { noRedis, RedisServer } from '../test/sim/studies/redis-server.ts';
import { tinyStudy } from '../test/sim/studies/run-study-command.ts';

const SEEDS = 100;

/** Milliseconds a run. */
async function measure(runnerOf: (watch: JobWatch) => JobRunner): Promise<number> {
  const ends: number[] = [];
  const broke: JobWatch['broke'] = (_job, error) => {
    throw error;
  };
  await runnerOf({ began: () => {}, ended: () => ends.push(performance.now()), broke }).run();
  return (ends[ends.length - 1] - ends[0]) / (ends.length - 1);
}

export async function bench(print: (line: string) => void): Promise<void> {
  if (noRedis) return print(`queue: ${noRedis}`);
  const jobs = await jobsOf(resolveStudy({ ...tinyStudy(), repeat: SEEDS }, false), '.');
  const folder = mkdtempSync(join(tmpdir(), 'queue-'));
  const server = await RedisServer.open(folder);
  const words = ['sim/study.ts', 'worker', '--queue', server.url, '--workers', '1'];
  const worker = spawn(process.execPath, [...process.execArgv, ...words], { stdio: 'ignore' });
  const options = { address: readQueue(server.url), resumes: false, say: print };
  try {
    const queued = await measure((watch) => new JobQueue(jobs, options, watch));
    const local = await measure((watch) => new JobPool(jobs, 1, watch));
    print(
      `queue: ${queued.toFixed(1)} ms a run by a worker of Redis, ${local.toFixed(1)} ms by a thread here, ` +
        `${(queued - local).toFixed(1)} ms more; ${jobs.length} runs`,
    );
  } finally {
    worker.kill();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
