/**
 * Which activations a stage keeps from forward to backward, and which it computes again (Chen et al., 2016; GPipe,
 * section 2.3). `except-last` keeps those of the last micro-batch of a batch, as torchgpipe does: with nothing to come
 * after it there is little to save.
 */
import { z } from 'zod';

export type Recompute = 'none' | 'all' | 'except-last';

/** The option of a protocol. */
export const RECOMPUTE = z
  .enum(['none', 'all', 'except-last'], { error: "'none', 'all' or 'except-last'" })
  .default('none')
  .describe(
    'keep only what came in and run forward again before backward: for no micro-batch, for all, or for all but the last of a batch',
  );

/** Whether a micro-batch is run forward again, of so many in a batch. */
export function isRecomputed(recompute: Recompute, microBatch: number, count: number): boolean {
  return recompute === 'all' || (recompute === 'except-last' && microBatch < count - 1);
}

/** Second forwards a micro-batch, on average. */
export function secondForwards(recompute: Recompute, count: number): number {
  return recompute === 'none' ? 0 : recompute === 'all' ? 1 : (count - 1) / count;
}
