/** One task of a node of the ring, as its world and its observers see it. */
import type { Job } from '../../../engine/world.ts';
import type { Carry } from '../../learning/carry.ts';
import type { Stage } from './stage.ts';

/** `recompute` is the forward that backward needs again: redo, not progress. */
export type Pass = 'forward' | 'recompute' | 'backward' | 'update';

export class StageJob implements Job {
  readonly pass: Pass;
  readonly iteration: number;
  /** -1 for an update. */
  readonly microBatch: number;
  /** Optimizer steps behind the weights it works with. */
  readonly version: number;
  readonly flops: number;
  readonly redo: boolean;
  /** What it takes, and once it has run what it gives. */
  carry: Carry | null;
  /** The labels a backward at the last position begins with. */
  labels: Uint8Array | null = null;
  /** The summed loss such a backward found. */
  lossSum: number | null = null;
  private readonly stage: Stage | null;

  constructor(
    stage: Stage | null,
    pass: Pass,
    iteration: number,
    microBatch: number,
    version: number,
    flops: number,
    carry: Carry | null,
  ) {
    this.stage = stage;
    this.pass = pass;
    this.iteration = iteration;
    this.microBatch = microBatch;
    this.version = version;
    this.flops = flops;
    this.redo = pass === 'recompute';
    this.carry = carry;
  }

  get name(): string {
    const { pass, iteration, microBatch } = this;
    return pass === 'update' ? `update ${iteration}` : `${pass} ${iteration}/${microBatch}`;
  }

  run(): void {
    if (this.stage !== null) this.stage.run(this);
  }
}
