/** What a run learned, as plain data: it crosses threads, and reports are made of it. */
import type { FloatArray } from '../learning/float-array.ts';

/** One iteration: an optimizer step worth of a batch (PROTOCOLS section F). */
export interface IterationRecord {
  /** From 0. */
  iteration: number;
  /** When it was done, in nanoseconds of the run. */
  timeNs: number;
  /** Samples consumed since the start of the run. */
  samples: number;
  /** Mean training loss over the iteration's samples; null where there were no numbers. */
  loss: number | null;
  /** Mean loss on the held-out samples of the weights after this iteration; null where not evaluated. */
  testLoss: number | null;
  /** Share of the held-out samples classified correctly, 0 to 1; null where not evaluated. */
  accuracy: number | null;
}

interface StalenessRecord {
  /** Updates between reading the weights and applying their gradient, over all gradients noted. */
  mean: number;
  max: number;
  /** Gradients noted; 0 where a protocol has no staleness. */
  count: number;
}

/** What changed owners for the sake of balance. */
export interface MovedRecord {
  /** How often anything did. */
  times: number;
  /** Blocks of the line, all times together. */
  blocks: number;
}

export interface TrainingRecord {
  /** In the order they were done. */
  iterations: IterationRecord[];
  /** Samples consumed in all. */
  samples: number;
  /** The newest complete weights, as the canonical vector; null if none were published. */
  finalWeights: FloatArray | null;
  /** Optimizer steps in `finalWeights`; null with it. */
  finalVersion: number | null;
  staleness: StalenessRecord;
  moved: MovedRecord;
  /** Where the loss stopped being a finite number; null while it is one. */
  divergence: Divergence | null;
}

export interface Divergence {
  readonly iteration: number;
  /** A sentence that says whose loss is what. */
  readonly text: string;
}
