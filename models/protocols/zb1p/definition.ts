/**
 * ZB1P (Qi et al., ICLR 2024): 1F1B with input gradients sent at once, and weight gradients made where a rank would idle,
 * as far as that holds no more activations than the first rank of 1F1B does.
 */
import { z } from 'zod';
import { alternation } from '../../pipeline/alternation.ts';
import { definePipeline } from '../../pipeline/define.ts';

export const zeroBubble = definePipeline({
  kind: 'zb1p',
  summary: '1F1B with weight gradients apart, made where a node would idle (zero bubble, ZB1P)',
  shape: {
    chunks: z.int().min(1).default(1).describe('parts of the model that each node holds'),
  },
  design: ({ chunks }, terms) => alternation({ ...terms, chunks, lead: 1, splits: true }),
  fuzz: { chunks: 2, drawOptions: (chance) => ({ chunks: chance.whole(1, 2) }) },
});
