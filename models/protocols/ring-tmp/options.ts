/** The options of RingTMP-sync in a scenario. */
import { z } from 'zod';

export const ringOptions = z
  .strictObject({
    kind: z.literal('ring-tmp'),
    win: z
      .enum(['time', 'memory'])
      .default('time')
      .describe('window: enough in flight to hide the latency, or the fewest activations'),
    credits: z
      .int()
      .min(1)
      .optional()
      .describe('most forwards a node may be ahead of its successor; its window when left out'),
    recompute: z
      .boolean()
      .default(false)
      .describe('keep only the carry of what is in flight and run forward again before backward'),
    replicas: z
      .int()
      .min(0)
      .max(3)
      .default(0)
      .describe('successors that keep a copy of what a node owns, and can stand in for it'),
    repair: z
      .enum(['abort', 'log'])
      .default('abort')
      .describe(
        'after a crash all go back to the last version that every part can be served at, ' +
          "or the share of the dead alone is done again, from its neighbours' logs",
      ),
  })
  .describe('RingTMP-sync: the model is cut over a ring, activations and gradients go round');

export type RingOptions = z.infer<typeof ringOptions>;
