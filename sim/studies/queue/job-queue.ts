/**
 * Hands the jobs of a study to whoever works for a queue. A job has its key as name in the queue, and is put there
 * again while its result is missing: a Redis that lost its last second costs time and nothing else.
 */
import { setTimeout } from 'node:timers/promises';
import { type JobState, Queue } from 'bullmq';
import type { RunOutcome } from '../../../reports/studies/run-outcome.ts';
import { longestFirst, type JobRunner, type JobWatch } from '../crew/job-runner.ts';
import type { Job } from '../jobs.ts';
import type { QueueAddress } from './address.ts';
import { ATTEMPTS, KEPT_SECONDS, pack, type Packed, queueName } from './names.ts';
import { RedisLink } from './redis.ts';

const LOOK_MS = 100;
const MEND_MS = 5000;
/** Jobs in one message, and results fetched at once. */
const AT_ONCE = 50;
const UNDER_WAY: JobState[] = ['waiting', 'active', 'delayed', 'prioritized'];

export class JobQueue implements JobRunner {
  private readonly address: QueueAddress;
  private readonly watch: JobWatch;
  private readonly say: (line: string) => void;
  private readonly resumes: boolean;
  /** Those without a result, by key. */
  private readonly missing: Map<string, Job>;
  private readonly begun = new Set<string>();
  private isOver = false;

  /** @param options.resumes whether results of earlier runs that lie in the queue are taken */
  constructor(
    jobs: readonly Job[],
    options: { address: QueueAddress; resumes: boolean; say: (line: string) => void },
    watch: JobWatch,
  ) {
    this.missing = new Map(longestFirst(jobs).map((job) => [job.key, job]));
    this.address = options.address;
    this.resumes = options.resumes;
    this.say = options.say;
    this.watch = watch;
  }

  async run(): Promise<void> {
    const link = new RedisLink(this.address, this.say);
    const queue = new Queue<Packed, RunOutcome>(await queueName(), { connection: link.redis });
    queue.on('error', () => {});
    try {
      await Promise.race([this.serve(queue), link.lost]);
    } finally {
      link.close();
      await queue.close();
    }
  }

  quit(): void {
    this.isOver = true;
  }

  private async serve(queue: Queue<Packed, RunOutcome>): Promise<void> {
    try {
      if (!this.resumes) await withdraw(queue, [...this.missing.keys()]);
      let mendMs = -Infinity;
      while (this.missing.size > 0 && !this.isOver) {
        if (performance.now() - mendMs > MEND_MS) {
          await this.mend(queue);
          if (mendMs > -Infinity && this.begun.size === 0) await this.warn(queue);
          mendMs = performance.now();
        }
        await this.look(queue);
        await setTimeout(LOOK_MS);
      }
    } finally {
      await withdraw(queue, [...this.missing.keys()]);
    }
  }

  /** Puts jobs into the queue that are not there. */
  private async mend(queue: Queue<Packed, RunOutcome>): Promise<void> {
    const there = new Set(await queue.getRanges([...UNDER_WAY, 'completed', 'failed'], 0, -1));
    const absent = [...this.missing.values()].filter(({ key }) => !there.has(key));
    for (const some of inParts(absent))
      await queue.addBulk(
        some.map((job) => ({
          name: 'run',
          data: pack(job),
          opts: {
            jobId: job.key,
            attempts: ATTEMPTS,
            removeOnComplete: { age: KEPT_SECONDS },
            removeOnFail: { age: KEPT_SECONDS },
          },
        })),
      );
  }

  /** Takes what has come since. */
  private async look(queue: Queue<Packed, RunOutcome>): Promise<void> {
    for (const key of await queue.getRanges(['active'], 0, -1)) this.begin(key);
    const over = await queue.getRanges(['completed', 'failed'], 0, -1);
    for (const keys of inParts(over.filter((key) => this.missing.has(key)))) {
      const found = await Promise.all(keys.map((key) => queue.getJob(key)));
      for (const one of found) if (one?.finishedOn) this.end(one.id!, one);
      // A result is kept here before it is dropped there.
      await withdraw(queue, keys);
    }
  }

  private begin(key: string): void {
    const job = this.missing.get(key);
    if (!job || this.begun.has(key)) return;
    this.begun.add(key);
    this.watch.began(job);
  }

  private end(key: string, { returnvalue, failedReason }: Result): void {
    const job = this.missing.get(key)!;
    this.begin(key);
    this.missing.delete(key);
    if (returnvalue) this.watch.ended(job, returnvalue);
    else this.watch.broke(job, new Error(failedReason));
  }

  private async warn(queue: Queue<Packed, RunOutcome>): Promise<void> {
    if ((await queue.getWorkersCount()) > 0) return;
    this.say(
      `no worker with this code and Node ${process.versions.node} serves ${this.address.shown}: npm run study -- worker --queue ${this.address.shown}`,
    );
  }
}

interface Result {
  readonly returnvalue: RunOutcome | null;
  readonly failedReason: string;
}

/** Removes jobs, but for those that a worker has; what it makes of them is kept for a while. */
async function withdraw(queue: Queue, keys: readonly string[]): Promise<void> {
  for (const some of inParts(keys))
    await Promise.all(some.map((key) => queue.remove(key).catch(() => 0)));
}

function inParts<T>(list: readonly T[]): T[][] {
  const count = Math.ceil(list.length / AT_ONCE);
  return Array.from({ length: count }, (_none, at) => list.slice(at * AT_ONCE, (at + 1) * AT_ONCE));
}
