/** The kinds of work that the time of a job depends on beside its operations. */
import type { Job, JobProfile } from '../../engine/world.ts';

export type JobCosts = Required<Pick<Job, 'flops' | 'profile'>>;

/** Passes through layers, with so many samples at once. */
export function passProfile(samples: number, overheadNs: number): JobProfile {
  return { overheadNs, samples, elementWiseFlops: 0, elementWiseBytes: 0 };
}

/** Updates, sums and means: so many operations, which read and write so many bytes. */
export function elementWise(flops: number, bytes: number): JobProfile {
  return { overheadNs: 0, samples: 0, elementWiseFlops: flops, elementWiseBytes: bytes };
}

/** Of two pieces of work in one job. */
export function bothCosts(one: JobCosts, other: JobCosts): JobCosts {
  const [first, second] = [one.profile, other.profile];
  const profile: JobProfile = {
    overheadNs: first.overheadNs + second.overheadNs,
    samples: Math.max(first.samples, second.samples),
    elementWiseFlops: first.elementWiseFlops + second.elementWiseFlops,
    elementWiseBytes: first.elementWiseBytes + second.elementWiseBytes,
  };
  return { flops: one.flops + other.flops, profile };
}
