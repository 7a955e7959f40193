/**
 * Interleaved 1F1B (Narayanan et al., SC 2021, section 2.2): every rank holds several chunks of the line, so that a
 * bubble is only as long as a chunk; it sends more, and holds more activations.
 */
import { z } from 'zod';
import { alternation } from '../../pipeline/alternation.ts';
import { definePipeline } from '../../pipeline/define.ts';

export const interleaved = definePipeline({
  kind: 'interleaved-1f1b',
  summary:
    '1F1B with several chunks of the model a node, which shortens the idle time (interleaved)',
  shape: {
    chunks: z.int().min(2).default(2).describe('parts of the model that each node holds'),
  },
  design: ({ chunks }, terms) => alternation({ ...terms, chunks, lead: 2, splits: false }),
  fuzz: { chunks: 3, drawOptions: (chance) => ({ chunks: chance.whole(2, 3) }) },
});
