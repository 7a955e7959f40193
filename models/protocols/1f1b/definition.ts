/**
 * 1F1B with a flush (Narayanan et al., SC 2021, section 2.2): rank r of p begins with p - 1 - r forwards, then
 * alternates one forward and one backward, so that it holds at most p - r micro-batches.
 */
import type { Action } from '../../pipeline/actions.ts';
import { definePipeline } from '../../pipeline/define.ts';

export const oneForwardOneBackward = definePipeline(
  '1f1b',
  'the model cut over a line of nodes: one forward and one backward in turn (1F1B)',
  (stage, ranks, microBatches) => {
    const ahead = Math.min(microBatches, ranks - 1 - stage);
    const actions: Action[] = [];
    for (let slot = 0; slot < microBatches + ahead; slot++) {
      if (slot < microBatches) actions.push({ stage, pass: 'forward', microBatch: slot });
      if (slot >= ahead) actions.push({ stage, pass: 'backward', microBatch: slot - ahead });
    }
    return actions;
  },
);
