/** What the two ends of a queue agree on: its name, how a job is packed, and for how long an end may be silent. */
import { deserialize, serialize } from 'node:v8';
import { codeDigest } from '../crew/thread-pool.ts';
import type { Job } from '../jobs.ts';

/** What a queue holds of a job. */
export interface Packed {
  /** JSON would lose infinities and typed arrays. */
  readonly job: string;
}

/** The queue of those who run the same code: others would have other results. */
export async function queueName(): Promise<string> {
  return `ringtmp-${await codeDigest()}`;
}

export function pack(job: Job): Packed {
  return { job: serialize(job).toString('base64') };
}

export function unpack({ job }: Packed): Job {
  return deserialize(Buffer.from(job, 'base64')) as Job;
}

/** A worker that has not been heard of for this long is taken to be dead, and its jobs are given to others. */
export const SILENCE_MS = 10_000;
/** Deaths of workers that a job is forgiven: it may be what kills them. */
export const DEATHS = 3;
/** A thread that broke may have lacked memory that another machine has. */
export const ATTEMPTS = 3;
/** What nobody has fetched is dropped then. */
export const KEPT_SECONDS = 7 * 24 * 3600;
