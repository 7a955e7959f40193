/** The options of RingTMP-sync in a scenario. */
import { RECOMPUTE } from '../../pipeline/recompute.ts';
import { z } from 'zod';

/** What a scenario is told that still asks for them. */
const GONE: Readonly<Record<string, string>> = {
  repair:
    'repair is gone: a repair always goes back to the last version that every part can be served at, for going on by logs ' +
    'was a tie in time and pays only where a node is lost every few minutes and an iteration takes minutes ' +
    '(see docs/failures.md); no such field would be right',
  win: "win is gone: it is called window now; window: 'memory' or the like would be right",
};

export const ringOptions = z
  .strictObject(
    {
      kind: z.literal('ring-tmp'),
      window: z
        .union([z.enum(['time', 'memory']), z.int().min(1)], {
          error: "'time', 'memory', or a whole number from 1",
        })
        .default('time')
        .describe(
          'micro-batches in flight: enough to hide the latency, the fewest that keep all nodes busy, or that many at each',
        ),
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
        code === 'unrecognized_keys'
          ? (keys as string[]).map((key) => GONE[key]).find((text) => text !== undefined)
          : undefined,
    },
  )
  .describe('RingTMP-sync: the model is cut over a ring, activations and gradients go round');

export type RingOptions = z.infer<typeof ringOptions>;
