/** The options of all-reduce in a scenario. */
import { z } from 'zod';

export const allReduceOptions = z
  .strictObject({
    kind: z.literal('all-reduce'),
    groups: z
      .int()
      .min(1)
      .default(1)
      .describe(
        'groups of neighbouring nodes that sum among themselves first; they must be equally large',
      ),
    overlap: z
      .strictObject({
        bucketBytes: z
          .int()
          .min(1)
          .meta({ unit: 'B' })
          .describe('gradients are summed as soon as so many bytes of them are ready'),
      })
      .nullable()
      .default(null)
      .describe('sum gradients while the backward pass goes on; null: after it'),
  })
  .describe(
    'data parallel: every node has the whole model, gradients are summed by ring all-reduce',
  );

export type AllReduceOptions = z.infer<typeof allReduceOptions>;
