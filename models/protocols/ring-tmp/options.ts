/** The options of RingTMP-sync in a scenario. */
import { bounded } from '../../pipeline/modes/bounded.ts';
import type { Mode } from '../../pipeline/modes/mode.ts';
import { STASHED } from '../../pipeline/modes/stashed.ts';
import { SYNC } from '../../pipeline/modes/sync.ts';
import { TWO_BUFFERED } from '../../pipeline/modes/two-buffered.ts';
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
      mode: z
        .enum(['sync', '2bw', 'stash', 'bounded'])
        .default('sync')
        .describe(
          'lock-step; or without a flush: gradients one update late, an update a micro-batch with its weights stashed, or without a stash',
        ),
      variant: z
        .enum(['chain', 'relay', 'laps', 'rotation', 'torus'])
        .default('chain')
        .describe(
          'one ring; one with more nodes than layers, where neighbours that share a layer compute at the same time; one that micro-batches go round several times, each node with a segment a lap; one on which the weights go round, and each node keeps its samples; or several rings side by side, whose equal places sum their gradients',
        ),
      laps: z
        .int()
        .min(2)
        .optional()
        .describe("with variant 'laps', and 2 when left out: times round the ring"),
      rings: z
        .union([z.int().min(1), z.literal('auto')], { error: "a whole number from 1, or 'auto'" })
        .optional()
        .describe(
          "with variant 'torus', and 'auto' when left out: how many; as few as keep each ring short enough to pay",
        ),
      staleness: z
        .int()
        .min(0)
        .optional()
        .describe(
          "with mode 'bounded', and 1 when left out: most updates between the two passes of a micro-batch",
        ),
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
      cooling: z
        .strictObject({
          threshold: z.number().positive(),
          patience: z.int().min(1).default(5),
          longest: z.int().min(1).default(32),
        })
        .optional()
        .describe(
          'leave out updates of blocks whose weights hardly change: after `patience` (5) of less than `threshold`, as a share of the weights, for up to `longest` (32) iterations',
        ),
      balance: z
        .strictObject({
          every: z.int().min(1).default(10),
          threshold: z.number().positive().default(0.05),
        })
        .optional()
        .describe(
          'cut the line anew by measured load: every so many iterations (10), where a micro-batch takes longer than it need by more than `threshold` (0.05) of that',
        ),
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
  .describe('RingTMP: the model is cut over a ring, activations and gradients go round');

export type RingOptions = z.infer<typeof ringOptions>;

/** Whether the state of a lost node is somewhere else. */
export function hasCopies(options: Pick<RingOptions, 'variant' | 'rings' | 'replicas'>): boolean {
  return options.replicas > 0 || isTorus(options);
}

/** Whether segments live on several nodes, without any replicas. */
export function isTorus({ variant, rings }: Pick<RingOptions, 'variant' | 'rings'>): boolean {
  return variant === 'torus' && rings !== 1;
}

/** Whether the ring goes on without nodes that are lost, by views and copies. */
export function repairs({ mode, variant }: Pick<RingOptions, 'mode' | 'variant'>): boolean {
  return mode === 'sync' && (variant === 'chain' || variant === 'torus');
}

/** Segments of a node. */
export function lapsOf({ variant, laps }: Pick<RingOptions, 'variant' | 'laps'>): number {
  return variant === 'laps' ? (laps ?? 2) : 1;
}

/** The mode that the options choose. */
export function modeOf({ mode, staleness }: Pick<RingOptions, 'mode' | 'staleness'>): Mode {
  return { sync: SYNC, '2bw': TWO_BUFFERED, stash: STASHED, bounded: bounded(staleness ?? 1) }[
    mode
  ];
}
