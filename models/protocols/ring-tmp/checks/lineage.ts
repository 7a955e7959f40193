/**
 * The history of a ring as its notes tell it: which epochs there were, from which version each went on, and in which
 * one each iteration was done for good. The claims about the ring are judged against it.
 */
import { NOTES, type IterationNote, type RecoveredNote } from '../../../spec/notes.ts';
import { notesOf, numberOf, type Evidence, type JobSeen } from '../../../claims/evidence.ts';

export interface Epoch {
  readonly epoch: number;
  /** When training went on in it, and after how many jobs of the run. */
  readonly timeNs: number;
  readonly afterJobs: number;
  /** Steps behind the weights it began with. */
  readonly version: number;
  readonly members: readonly number[];
}

/** What a job of the ring says of itself. */
export interface RingJob extends JobSeen {
  readonly pass: string;
  readonly epoch: number;
  readonly iteration: number;
  /** Its number in the batch, whichever ring takes it. */
  readonly microBatch: number;
  readonly ring: number;
  readonly version: number;
  /** Blocks [low, high) of the line. */
  readonly low: number;
  readonly high: number;
}

/** Jobs beside those of stages: steps of replicas, and sums over rings. */
const BESIDE: readonly unknown[] = ['replica', 'add'];

/** Rings side by side. */
export function ringsOf({ protocol }: Pick<Evidence, 'protocol'>): number {
  return Number(protocol.rings ?? 1);
}

/** Jobs of training, in order of their ends; those beside the stages' only if they are asked for. */
export function ringJobs(evidence: Evidence, withAll = false): RingJob[] {
  const each = evidence.scenario.training.microBatches / ringsOf(evidence);
  return evidence.jobs
    .filter(
      ({ fields: { pass } }) => typeof pass === 'string' && (withAll || !BESIDE.includes(pass)),
    )
    .map((job) => ({
      ...job,
      ring: ringOf(job),
      pass: job.fields.pass as string,
      epoch: numberOf(job.fields, 'epoch'),
      iteration: numberOf(job.fields, 'iteration'),
      microBatch: ringOf(job) * each + numberOf(job.fields, 'microBatch'),
      version: numberOf(job.fields, 'version'),
      low: numberOf(job.fields, 'low'),
      high: numberOf(job.fields, 'high'),
    }));
}

function ringOf({ fields: { copy = 0 } }: JobSeen): number {
  return Number(copy);
}

/** All epochs in which training went on, in ascending order; the first of the run is the only one that no note tells of. */
export function epochsOf(evidence: Evidence): Epoch[] {
  const epochs = new Map<number, Epoch>();
  for (const { timeNs, afterJobs, value } of notesOf<RecoveredNote>(evidence, NOTES.recovered)) {
    const { epoch, version, members } = value;
    if (!epochs.has(epoch)) epochs.set(epoch, { epoch, timeNs, afterJobs, version, members });
  }
  const numbers = ringJobs(evidence).map(({ epoch }) => epoch);
  const epoch = numbers.length > 0 ? Math.min(...numbers) : 0;
  const members = evidence.roles.map((_, node) => node);
  if (!epochs.has(epoch))
    epochs.set(epoch, { epoch, timeNs: 0, afterJobs: 0, version: 0, members });
  return [...epochs.values()].sort((one, other) => one.epoch - other.epoch);
}

/** The newest epoch, up to that one, in which each iteration was told of: the one in which it was done for good. */
export function finalEpochs(evidence: Evidence, end: number): Map<number, number> {
  const newest = new Map<number, number>();
  for (const { value } of notesOf<IterationNote>(evidence, NOTES.iteration)) {
    const { iteration, epoch = 0 } = value;
    if (epoch <= end) newest.set(iteration, Math.max(epoch, newest.get(iteration) ?? 0));
  }
  return newest;
}
