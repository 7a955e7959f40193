/** A step that a node makes on the state of somebody else's position, as its world and its observers see it. */
import type { JobProfile } from '../../../../engine/world.ts';
import type { PipelineJob } from '../../../pipeline/stage/stage-job.ts';

/** Whose state is stepped, and where. */
export interface ReplicaSite {
  readonly epoch: number;
  /** The position that owns the state, and the one that keeps the replica. */
  readonly origin: number;
  readonly holder: number;
  /** Blocks of the owner. */
  readonly low: number;
  readonly high: number;
  readonly flops: number;
  readonly profile: JobProfile;
  /** Steps behind the state before this one. */
  readonly version: number;
}

export class ReplicaJob implements PipelineJob {
  readonly pass = 'replica';
  readonly microBatch = -1;
  readonly epoch: number;
  readonly origin: number;
  readonly holder: number;
  readonly low: number;
  readonly high: number;
  readonly flops: number;
  readonly profile: JobProfile;
  readonly version: number;
  readonly run: () => void;

  constructor(site: ReplicaSite, run: () => void) {
    this.epoch = site.epoch;
    this.origin = site.origin;
    this.holder = site.holder;
    this.low = site.low;
    this.high = site.high;
    this.flops = site.flops;
    this.profile = site.profile;
    this.version = site.version;
    this.run = run;
  }

  get iteration(): number {
    return this.version;
  }

  get step(): number {
    return this.version;
  }

  get name(): string {
    return `replica ${this.version} of position ${this.origin}`;
  }
}
