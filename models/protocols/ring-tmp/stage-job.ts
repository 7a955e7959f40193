/** One task of a node of the ring, as its world and its observers see it. */
import type { Job } from '../../../engine/world.ts';
import type { Carry } from '../../learning/carry.ts';
import type { Stage } from './stage.ts';

/** `recompute` is the forward that backward needs again: redo, not progress. */
export type Pass = 'forward' | 'recompute' | 'backward' | 'update';

/** What a task is about, as a message or the label desk gives it. */
export interface Task {
  readonly iteration: number;
  /** -1 for an update. */
  readonly microBatch: number;
  /** Null under `numerics: 'cost'`, and for the first forward, which gathers its own. */
  readonly carry: Carry | null;
  /** The labels a backward at the last position begins with. */
  readonly labels?: Uint8Array | null;
}

export class StageJob implements Job {
  readonly pass: Pass;
  readonly iteration: number;
  readonly microBatch: number;
  /** Optimizer steps behind the weights it works with. */
  readonly version: number;
  readonly flops: number;
  readonly redo: boolean;
  /** What it takes, and once it has run what it gives. */
  carry: Carry | null;
  readonly labels: Uint8Array | null;
  /** The summed loss such a backward found. */
  lossSum: number | null = null;
  private readonly stage: Stage | null;

  constructor(stage: Stage | null, pass: Pass, flops: number, version: number, task: Task) {
    this.stage = stage;
    this.pass = pass;
    this.flops = flops;
    this.version = version;
    this.redo = pass === 'recompute';
    this.iteration = task.iteration;
    this.microBatch = task.microBatch;
    this.carry = task.carry;
    this.labels = task.labels ?? null;
  }

  get name(): string {
    const { pass, iteration, microBatch } = this;
    return pass === 'update' ? `update ${iteration}` : `${pass} ${iteration}/${microBatch}`;
  }

  run(): void {
    if (this.stage !== null) this.stage.run(this);
  }
}
