/**
 * 1F1B with a flush (Narayanan et al., SC 2021, section 2.2): rank r of p begins with p - 1 - r forwards, then
 * alternates one forward and one backward, so that it holds at most p - r micro-batches.
 */
import { alternation } from '../../pipeline/alternation.ts';
import { definePipeline } from '../../pipeline/define.ts';

export const oneForwardOneBackward = definePipeline({
  kind: '1f1b',
  summary: 'the model cut over a line of nodes: one forward and one backward in turn (1F1B)',
  shape: {},
  design: (_, terms) => alternation({ ...terms, chunks: 1, lead: 1, splits: false }),
  fuzz: {},
});
