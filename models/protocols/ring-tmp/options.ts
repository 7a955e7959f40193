/** The options of RingTMP-sync in a scenario. */
import { RECOMPUTE } from '../../pipeline/recompute.ts';
import { z } from 'zod';

/** What a scenario is told that still asks for it. */
const REPAIR_IS_GONE =
  'repair is gone: a repair always goes back to the last version that every part can be served at, for going on by logs ' +
  'was a tie in time and pays only where a node is lost every few minutes and an iteration takes minutes ' +
  '(see docs/failures.md); no such field would be right';

export const ringOptions = z
  .strictObject(
    {
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
      recompute: RECOMPUTE,
      replicas: z
        .int()
        .min(0)
        .max(3)
        .default(0)
        .describe('successors that keep a copy of what a node owns, and can stand in for it'),
    },
    {
      error: ({ code, keys }) =>
        code === 'unrecognized_keys' && (keys as string[]).includes('repair')
          ? REPAIR_IS_GONE
          : undefined,
    },
  )
  .describe('RingTMP-sync: the model is cut over a ring, activations and gradients go round');

export type RingOptions = z.infer<typeof ringOptions>;
