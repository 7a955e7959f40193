/** The options of sequential SGD. Other protocols name it with these as their reference. */
import { z } from 'zod';

export const sequentialOptions = z
  .strictObject({
    kind: z.literal('seq-sgd'),
    shares: z
      .int()
      .min(1)
      .default(1)
      .describe('parts of a batch whose gradients are summed apart and then added'),
    order: z
      .enum(['ascending', 'round'])
      .default('ascending')
      .describe(
        'how: in the order of the shares, or parameter k from share k mod shares on and once round, as rings do',
      ),
    delay: z
      .int()
      .min(0)
      .max(1)
      .default(0)
      .describe(
        'updates between the weights that a gradient is computed with and those it is applied to',
      ),
  })
  .describe('sequential SGD on node 0; further nodes have nothing to do');

export type SequentialOptions = z.infer<typeof sequentialOptions>;

/**
 * The gradient of a batch is one sum in canonical order; with several shares it is that many sums, added in that order, as
 * workers make it. With a delay it is that of the weights so many updates before, or of the first.
 */
export function sequential(
  shares = 1,
  order: SequentialOptions['order'] = 'ascending',
  delay = 0,
): SequentialOptions {
  return { kind: 'seq-sgd', shares, order, delay };
}
