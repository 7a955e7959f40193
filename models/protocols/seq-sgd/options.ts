/** The options of sequential SGD, by which other protocols name it as what they are compared with. */
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

/** The gradient of a batch is one sum in canonical order; or so many sums, added in order, as that many workers make it. */
export function sequential(shares = 1): SequentialOptions {
  return { kind: 'seq-sgd', shares };
}
