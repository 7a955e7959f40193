/** A job of a pipeline stage, as its world and observers see it. */
import type { Job, JobProfile } from '../../../engine/world.ts';
import type { Pass, SegmentCosts } from '../../costs/segment-costs.ts';
import type { Carry } from '../../learning/carry.ts';
import type { FloatArray } from '../../learning/float-array.ts';
import type { SegmentState } from '../../learning/segment-state.ts';
import type { StagePlace } from '../placement.ts';

/** What every job of a pipeline shows to observers. */
export interface PipelineJob extends Job {
  readonly pass: Pass | 'pair' | 'replica';
  readonly iteration: number;
  /** -1 for an update, and for a replica's. */
  readonly microBatch: number;
  /** Version of the weights it works with. */
  readonly version: number;
  /** Its epoch, and its blocks [low, high). */
  readonly epoch: number;
  readonly low: number;
  readonly high: number;
  readonly step: number;
}

/**
 * What a job works on, as a message or the labels give it. All these objects have the same fields in the same order:
 * code that meets many object shapes is slow.
 */
export interface Task {
  readonly iteration: number;
  /** -1 for an update. */
  readonly microBatch: number;
  /** Null under `numerics: 'cost'`, and for the first forward, which gathers its own. */
  readonly carry: Carry | null;
  /** The labels that a backward at the last stage begins with; else null. */
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

/** Computes the tensors of a job: takes its carry, and leaves the resulting carry. */
interface Arithmetic {
  run(job: StageJob): void;
}

/** Where a job runs: the same for all jobs of a stage in an epoch. */
export interface JobSite {
  readonly epoch: number;
  readonly position: number;
  readonly at: StagePlace;
  /** Null under `numerics: 'cost'`. */
  readonly numerics: Arithmetic | null;
  readonly costs: Pick<SegmentCosts, 'low' | 'high' | 'passProfile' | 'updateProfile'>;
}

export class StageJob implements PipelineJob {
  readonly pass: Pass;
  readonly iteration: number;
  readonly microBatch: number;
  readonly version: number;
  readonly flops: number;
  /** Its input; its output once it has run. */
  carry: Carry | null;
  readonly labels: Uint8Array | null;
  /** The summed loss that a backward of the last stage found. */
  lossSum: number | null = null;
  /** The state before an update, and its gradient, where they are kept. */
  previous: SegmentState | null = null;
  gradient: FloatArray | null = null;
  /** Whether an update keeps the weights that it replaces, for passes that will take them. */
  keeps = false;
  /** Blocks of the segment that an update leaves out. */
  resting: readonly number[] = [];
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

  get profile(): JobProfile {
    const { passProfile, updateProfile } = this.site.costs;
    return this.pass === 'update' ? updateProfile : passProfile;
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

  /** The stage of the line, and its copy. */
  get stage(): number {
    return this.site.at.place;
  }

  get copy(): number {
    return this.site.at.copy;
  }

  get low(): number {
    return this.site.costs.low;
  }

  get high(): number {
    return this.site.costs.high;
  }

  get step(): number {
    return this.iteration;
  }

  get name(): string {
    const { pass, iteration, microBatch } = this;
    return pass === 'update' ? `update ${this.version}` : `${pass} ${iteration}/${microBatch}`;
  }

  run(): void {
    this.site.numerics?.run(this);
  }
}
