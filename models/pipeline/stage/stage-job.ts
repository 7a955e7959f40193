/** One task of a stage of a pipeline, as its world and its observers see it. */
import type { Job } from '../../../engine/world.ts';
import type { Pass } from '../../costs/segment-costs.ts';
import type { Carry } from '../../learning/carry.ts';
import type { FloatArray } from '../../learning/float-array.ts';
import type { SegmentState } from '../../learning/segment-state.ts';

/** What every job of a pipeline tells observers of itself. */
export interface PipelineJob extends Job {
  readonly pass: Pass | 'replica';
  readonly iteration: number;
  /** -1 for an update, and for a replica's. */
  readonly microBatch: number;
  /** Optimizer steps behind the weights it works with. */
  readonly version: number;
  /** The epoch it is done in, and the blocks [low, high) it is about. */
  readonly epoch: number;
  readonly low: number;
  readonly high: number;
  readonly step: number;
}

/**
 * What a task is about, as a message or the labels give it. All objects of it have the same fields in the same order, none
 * left out or added by a spread: code that meets many shapes of objects is slow.
 */
export interface Task {
  readonly iteration: number;
  /** -1 for an update. */
  readonly microBatch: number;
  /** Null under `numerics: 'cost'`, and for the first forward, which gathers its own. */
  readonly carry: Carry | null;
  /** The labels a backward at the last stage begins with; null for all else. */
  readonly labels: Uint8Array | null;
}

/** A task of that micro-batch. */
export function taskOf(
  iteration: number,
  microBatch: number,
  carry: Carry | null = null,
  labels: Uint8Array | null = null,
): Task {
  return { iteration, microBatch, carry, labels };
}

/** What computes the tensors of a job: takes its carry, and leaves the carry that comes of it. */
interface Arithmetic {
  run(job: StageJob): void;
}

/** Who does the task, and with what: the same for all jobs of a stage in an epoch. */
export interface JobSite {
  readonly epoch: number;
  readonly position: number;
  /** Null under `numerics: 'cost'`. */
  readonly numerics: Arithmetic | null;
  readonly low: number;
  readonly high: number;
}

export class StageJob implements PipelineJob {
  readonly pass: Pass;
  readonly iteration: number;
  readonly microBatch: number;
  readonly version: number;
  readonly flops: number;
  /** What it takes, and once it has run what it gives. */
  carry: Carry | null;
  readonly labels: Uint8Array | null;
  /** The summed loss such a backward found. */
  lossSum: number | null = null;
  /** What an update leaves of what was before it, where that is kept. */
  previous: SegmentState | null = null;
  gradient: FloatArray | null = null;
  private readonly site: JobSite;

  constructor(site: JobSite, pass: Pass, flops: number, version: number, task: Task) {
    this.site = site;
    this.pass = pass;
    this.flops = flops;
    this.version = version;
    this.iteration = task.iteration;
    this.microBatch = task.microBatch;
    this.carry = task.carry;
    this.labels = task.labels;
  }

  get redo(): boolean {
    return this.pass === 'recompute';
  }

  get epoch(): number {
    return this.site.epoch;
  }

  get position(): number {
    return this.site.position;
  }

  get low(): number {
    return this.site.low;
  }

  get high(): number {
    return this.site.high;
  }

  get step(): number {
    return this.iteration;
  }

  get name(): string {
    const { pass, iteration, microBatch } = this;
    return pass === 'update' ? `update ${iteration}` : `${pass} ${iteration}/${microBatch}`;
  }

  run(): void {
    this.site.numerics?.run(this);
  }
}
