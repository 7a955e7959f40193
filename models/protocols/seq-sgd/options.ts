/** The options of sequential SGD, by which other protocols name it as what they are compared with. */
import { z } from 'zod';

export const sequentialOptions = z
  .strictObject({ kind: z.literal('seq-sgd') })
  .describe('sequential SGD on node 0; further nodes have nothing to do');

export type SequentialOptions = z.infer<typeof sequentialOptions>;

/** The whole batch, in canonical order. */
export const SEQUENTIAL: SequentialOptions = { kind: 'seq-sgd' };
