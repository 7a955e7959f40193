/** The options of local SGD in a scenario. */
import { z } from 'zod';

export const localSgdOptions = z
  .strictObject({
    kind: z.literal('local-sgd'),
    localSteps: z
      .int()
      .min(1)
      .default(4)
      .describe('optimizer steps that each node makes alone between two averages'),
    outer: z
      .enum(['average', 'nesterov'])
      .default('average')
      .describe('all go on from the mean, or by a step towards it with Nesterov momentum (DiLoCo)'),
  })
  .describe('local SGD: every node trains alone for some steps, then all average their weights');

export type LocalSgdOptions = z.infer<typeof localSgdOptions>;
