/** The options of sequential SGD. Other protocols name it with these as their reference. */
import { z } from 'zod';

export const sequentialOptions = z
  .strictObject({
    kind: z.literal('seq-sgd'),
    shares: z
      .int()
      .min(1)
      .default(1)
      .describe('parts of a batch whose gradients are summed apart and then added in order'),
  })
  .describe('sequential SGD on node 0; further nodes have nothing to do');

export type SequentialOptions = z.infer<typeof sequentialOptions>;

/**
 * The gradient of a batch is one sum in canonical order; with several shares it is that many sums, added in order, as
 * workers make it.
 */
export function sequential(shares = 1): SequentialOptions {
  return { kind: 'seq-sgd', shares };
}
